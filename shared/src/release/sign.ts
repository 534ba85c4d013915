/** Creates signing keys and signatures. The Worker only verifies them (`signature.ts`). */
import type { Manifest, Signature } from './manifest.ts';
import { ReleaseError } from './release-error.ts';
import { keyId, PUBLIC_KEY_PREFIX, rawKey, signedBytes } from './signature.ts';

export interface SigningKey {
  readonly id: string;
  readonly key: CryptoKey;
  /** `glimpse-public-key-…`, for TRUSTED_KEYS of a Worker. */
  readonly publicKey: string;
}

const PREFIX = 'glimpse-signing-key-';
/** The bytes before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const PKCS8_HEAD = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/** @returns a new private key as text, `glimpse-signing-key-…` */
export function createSigningKey(): string {
  return (
    PREFIX +
    base64(crypto.getRandomValues(new Uint8Array(32)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .slice(0, 43)
  );
}

/** @throws {ReleaseError} `key-invalid`; the message does not quote the text */
export async function parseSigningKey(text: string): Promise<SigningKey> {
  const seed = rawKey(text.trim(), PREFIX);
  const key = await crypto.subtle.importKey('pkcs8', Uint8Array.of(...PKCS8_HEAD, ...seed), 'Ed25519', true, ['sign']);
  const { x } = await crypto.subtle.exportKey('jwk', key);
  if (x === undefined) throw new ReleaseError('key-invalid', 'The signing key has no public key.');
  const publicKey = PUBLIC_KEY_PREFIX + x;
  return { id: await keyId(rawKey(publicKey, PUBLIC_KEY_PREFIX)), key, publicKey };
}

/** @returns the manifest with the signature, which replaces an existing one */
export async function signManifest(
  manifest: Manifest,
  { id, key }: SigningKey,
): Promise<Manifest & { signature: Signature }> {
  const value = new Uint8Array(await crypto.subtle.sign('Ed25519', key, signedBytes(manifest)));
  return { ...manifest, signature: { algorithm: 'Ed25519', keyId: id, value: base64(value) } };
}

/** The text of `signature-<key id>.json`. */
export function writeSignature(signature: Signature): string {
  return `${JSON.stringify(signature, null, 2)}\n`;
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
