/**
 * Whether a release comes from somebody who is trusted: Ed25519 (RFC 8032) over the canonical form (JCS, RFC 8785) of
 * `release.json` without its `signature`. The files are covered by their SHA-256 in it, the model's name and the version
 * by standing in it.
 *
 * A release is never rewritten, so a signature by another key than the manifest's own, as a rotation of keys needs, is an
 * object beside it: `signature-<key id>.json`, of the same bytes.
 */
import canonicalize from 'canonicalize';
import * as z from 'zod/mini';
import { parseJson, type Signature, signatureSchema } from './manifest.ts';
import { ReleaseError } from './release-error.ts';
import { sha256 } from './sha256.ts';

export interface TrustedKey {
  /** The first 16 hex digits of the SHA-256 of the raw public key. */
  readonly id: string;
  readonly key: CryptoKey;
}

export const PUBLIC_KEY_PREFIX = 'glimpse-public-key-';
const RAW_KEY_BYTES = 32;

/** The text of `signature-<key id>.json`; undefined where there is none. */
export type ReadSignature = (keyId: string) => Promise<string | undefined>;

/**
 * @param json the text of release.json as it was read: what a later version added to it is signed as well
 * @param trusted those of an empty list trust nobody
 * @param beside asked for each trusted key, where the manifest's own signature is none of theirs
 * @throws {ReleaseError} `release-malformed`; `release-unsigned`; `release-untrusted` when the key is none of `trusted`, or
 * no longer; `release-altered` when the content is not what was signed
 */
export async function verifyManifest(
  json: string,
  trusted: readonly TrustedKey[],
  beside: ReadSignature = async () => undefined,
): Promise<void> {
  const document = parseJson(json, 'release.json');
  const own =
    typeof document === 'object' && document !== null && 'signature' in document
      ? readSignature(document.signature, 'release.json: signature')
      : undefined;
  const signer = trusted.find(({ id }) => id === own?.keyId);
  if (own && signer) return verifySignature(document as object, own, signer);
  for (const key of typeof document === 'object' && document !== null ? trusted : []) {
    const text = await beside(key.id);
    if (text === undefined) continue;
    const what = `signature-${key.id}.json`;
    const signature = readSignature(parseJson(text, what), what);
    if (signature.keyId !== key.id) {
      throw new ReleaseError('release-malformed', `${what} is a signature of the key ${signature.keyId}.`);
    }
    return verifySignature(document as object, signature, key);
  }
  if (own === undefined) {
    throw new ReleaseError(
      'release-unsigned',
      'The release is not signed, and only signed ones are served here: publish it with --sign KEYFILE, or glimpse releases sign it.',
    );
  }
  throw new ReleaseError(
    'release-untrusted',
    `The release is signed by the key ${own.keyId}; trusted are ${trusted.map(({ id }) => id).join(', ') || 'none'}.`,
  );
}

function readSignature(data: unknown, what: string): Signature {
  const result = signatureSchema.safeParse(data);
  if (!result.success) throw new ReleaseError('release-malformed', `${what}: ${z.prettifyError(result.error)}`);
  return result.data;
}

async function verifySignature(document: object, { value, keyId }: Signature, { key }: TrustedKey): Promise<void> {
  if (!(await crypto.subtle.verify('Ed25519', key, bytesOfBase64(value), signedBytes(document)))) {
    throw new ReleaseError('release-altered', `release.json is not what the key ${keyId} signed.`);
  }
}

/** What is signed. @param document a manifest, its signature left out of account */
export function signedBytes(document: object): Uint8Array<ArrayBuffer> {
  const { signature: _, ...rest } = document as { signature?: Signature };
  return new TextEncoder().encode(canonicalize(rest));
}

/**
 * @param text `glimpse-public-key-…`, several of them with spaces or commas between
 * @throws {ReleaseError} `key-invalid`; also for a text without any
 */
export async function parsePublicKeys(text: string): Promise<TrustedKey[]> {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0) throw new ReleaseError('key-invalid', `There is no ${PUBLIC_KEY_PREFIX}… in it.`);
  return Promise.all(
    words.map(async (word) => {
      const raw = rawKey(word, PUBLIC_KEY_PREFIX);
      try {
        return { id: await keyId(raw), key: await crypto.subtle.importKey('raw', raw, 'Ed25519', true, ['verify']) };
      } catch (cause) {
        throw new ReleaseError('key-invalid', 'A public key is not one of Ed25519.', { cause });
      }
    }),
  );
}

/** @param raw the 32 bytes of the public key */
export async function keyId(raw: Uint8Array<ArrayBuffer>): Promise<string> {
  return (await sha256(raw)).slice(0, 16);
}

/** The bytes behind the prefix. The message never repeats the text: it may be a private key. */
export function rawKey(text: string, prefix: string): Uint8Array<ArrayBuffer> {
  const body = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  const raw = /^[A-Za-z0-9_-]{43}$/.test(body)
    ? bytesOfBase64(`${body.replaceAll('-', '+').replaceAll('_', '/')}=`)
    : undefined;
  if (raw?.length !== RAW_KEY_BYTES) {
    throw new ReleaseError(
      'key-invalid',
      `A key is ${prefix} and 43 letters, digits, - and _; take it as glimpse signing-keys create made it.`,
    );
  }
  return raw;
}

function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
