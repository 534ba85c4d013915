/**
 * Verifies the signature of a release: Ed25519 (RFC 8032) over the canonical form (JCS, RFC 8785) of `release.json` without
 * its `signature`. `release.json` contains the model's name, the version and the SHA-256 of all files, so they are covered.
 *
 * A release is never rewritten. A signature by another key, as for key rotation, is an object of its own in the same folder:
 * `signature-<key id>.json`, over the same bytes.
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

/** Reads the text of `signature-<key id>.json`; undefined if there is none. */
export type ReadSignature = (keyId: string) => Promise<string | undefined>;

/**
 * @param json the original text of release.json: members that a later version added are signed too
 * @param trusted if empty, every release is refused
 * @param readSeparate called for each trusted key, unless one of them made the signature in the manifest
 * @throws {ReleaseError} `release-malformed`; `release-unsigned`; `release-untrusted` if none of `trusted` signed it;
 * `release-altered` if the content is not what was signed
 */
export async function verifyManifest(
  json: string,
  trusted: readonly TrustedKey[],
  readSeparate: ReadSignature = async () => undefined,
): Promise<void> {
  const document = parseJson(json, 'release.json');
  const embedded =
    typeof document === 'object' && document !== null && 'signature' in document
      ? readSignature(document.signature, 'release.json: signature')
      : undefined;
  const signer = trusted.find(({ id }) => id === embedded?.keyId);
  if (embedded && signer) return verifySignature(document as object, embedded, signer);
  for (const key of typeof document === 'object' && document !== null ? trusted : []) {
    const text = await readSeparate(key.id);
    if (text === undefined) continue;
    const what = `signature-${key.id}.json`;
    const signature = readSignature(parseJson(text, what), what);
    if (signature.keyId !== key.id) {
      throw new ReleaseError('release-malformed', `${what} has a signature of the key ${signature.keyId}.`);
    }
    return verifySignature(document as object, signature, key);
  }
  if (embedded === undefined) {
    throw new ReleaseError(
      'release-unsigned',
      'The release is not signed, but only signed releases are served. Publish it with --sign KEYFILE, or sign it with glimpse releases sign.',
    );
  }
  throw new ReleaseError(
    'release-untrusted',
    `The release is signed by the key ${embedded.keyId}, which is not trusted. Trusted keys: ${trusted.map(({ id }) => id).join(', ') || 'none'}.`,
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

/** The bytes that are signed. @param document a manifest; its signature is ignored */
export function signedBytes(document: object): Uint8Array<ArrayBuffer> {
  const { signature: _, ...rest } = document as { signature?: Signature };
  return new TextEncoder().encode(canonicalize(rest));
}

/**
 * @param text one or more of `glimpse-public-key-…`, separated by spaces or commas
 * @throws {ReleaseError} `key-invalid`, also if there is none
 */
export async function parsePublicKeys(text: string): Promise<TrustedKey[]> {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0) throw new ReleaseError('key-invalid', `The text has no ${PUBLIC_KEY_PREFIX}… key.`);
  return Promise.all(
    words.map(async (word) => {
      const raw = rawKey(word, PUBLIC_KEY_PREFIX);
      try {
        return { id: await keyId(raw), key: await crypto.subtle.importKey('raw', raw, 'Ed25519', true, ['verify']) };
      } catch (cause) {
        throw new ReleaseError('key-invalid', 'A public key is not a valid Ed25519 key.', { cause });
      }
    }),
  );
}

/** @param raw the 32 bytes of the public key */
export async function keyId(raw: Uint8Array<ArrayBuffer>): Promise<string> {
  return (await sha256(raw)).slice(0, 16);
}

/** The bytes after the prefix. The error never quotes the text, which may be a private key. */
export function rawKey(text: string, prefix: string): Uint8Array<ArrayBuffer> {
  const body = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  const raw = /^[A-Za-z0-9_-]{43}$/.test(body)
    ? bytesOfBase64(`${body.replaceAll('-', '+').replaceAll('_', '/')}=`)
    : undefined;
  if (raw?.length !== RAW_KEY_BYTES) {
    throw new ReleaseError(
      'key-invalid',
      `A key must be ${prefix} and 43 letters, digits, - and _. Copy it as printed by glimpse signing-keys create.`,
    );
  }
  return raw;
}

function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
