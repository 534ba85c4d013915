/**
 * The `id` of an answer, signed by the service. It proves that the service gave that answer to that image. Nothing in it is
 * secret, and nothing can be changed.
 *
 * Its bytes, big-endian, as base64url (RFC 4648, 5) without padding:
 *
 *     0   format: 1
 *     1   what was sent: 0 an image file, 1 raw pixels
 *     2   4 bytes: time of the answer, seconds since 1970
 *     6   2 bytes: index of the best label
 *     8   2 bytes: its score, 65535 for 1
 *     10  32 bytes: SHA-256 of what was sent
 *     42  8 random bytes, so that the same image twice in a second gets two ids
 *     50  9 bytes: the release's version, its 12 digits as a number in 5 bytes, its hash in 4
 *     59  the model's name, ASCII
 *     …   32 bytes: HMAC-SHA-256 (RFC 2104) of all bytes before
 */
import { nameSchema, versionSchema } from '../release/names.ts';

export interface AnswerId {
  readonly kind: 'image' | 'pixels';
  /** Whole seconds since 1970. */
  readonly answeredAt: number;
  readonly labelIndex: number;
  /** 0-1, rounded to 1/65535. */
  readonly score: number;
  /** SHA-256 of what was sent, lower-case hex. */
  readonly sentSha256: string;
  /** 16 hex digits. */
  readonly nonce: string;
  readonly model: string;
  readonly version: string;
}

export interface AnswerSigner {
  sign(id: AnswerId): Promise<string>;
  /** Undefined if none of the secrets signed it. Does not check its age. */
  verify(text: string): Promise<AnswerId | undefined>;
}

const FORMAT = 1;
const HEAD_BYTES = 59;
const MAC_BYTES = 32;
const MAX_SCORE = 65_535;
/** Length of the text with the longest model name. */
export const MAX_ID_LENGTH = Math.ceil(((HEAD_BYTES + 64 + MAC_BYTES) * 4) / 3);

/** @param secrets at least one; the first signs, all of them verify */
export function answerSigner(secrets: readonly string[]): AnswerSigner {
  let imported: CryptoKey[] | undefined;
  // Caches the keys, not the promise, which never settles if the runtime ends the request that created it.
  const keys = async () => {
    imported ??= await Promise.all(secrets.map(importSecret));
    return imported;
  };
  return {
    async sign(id) {
      const content = encode(id);
      const [newest] = await keys();
      const mac = new Uint8Array(await crypto.subtle.sign('HMAC', newest!, content));
      const signed = new Uint8Array(content.length + MAC_BYTES);
      signed.set(content);
      signed.set(mac, content.length);
      return toBase64Url(signed);
    },
    async verify(text) {
      const parsed = parse(text);
      if (!parsed) return undefined;
      for (const key of await keys()) {
        // WebCrypto compares in constant time.
        if (await crypto.subtle.verify('HMAC', key, parsed.mac, parsed.content)) return parsed.id;
      }
      return undefined;
    },
  };
}

/** Reads an id without verifying its signature, to find what is stored under it. Undefined if it is malformed. */
export function readAnswerId(text: string): AnswerId | undefined {
  return parse(text)?.id;
}

function importSecret(secret: string): Promise<CryptoKey> {
  const raw = new TextEncoder().encode(secret);
  return crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

function encode(id: AnswerId): Uint8Array<ArrayBuffer> {
  const model = new TextEncoder().encode(id.model);
  const bytes = new Uint8Array(HEAD_BYTES + model.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = FORMAT;
  bytes[1] = id.kind === 'pixels' ? 1 : 0;
  view.setUint32(2, id.answeredAt);
  view.setUint16(6, id.labelIndex);
  view.setUint16(8, Math.round(id.score * MAX_SCORE));
  bytes.set(fromHex(id.sentSha256), 10);
  bytes.set(fromHex(id.nonce), 42);
  const digits = Number(id.version.slice(0, 8) + id.version.slice(9, 13));
  view.setUint8(50, Math.floor(digits / 2 ** 32));
  view.setUint32(51, digits % 2 ** 32);
  bytes.set(fromHex(id.version.slice(15)), 55);
  bytes.set(model, HEAD_BYTES);
  return bytes;
}

function parse(text: string) {
  if (text.length > MAX_ID_LENGTH) return undefined;
  const bytes = fromBase64Url(text);
  if (!bytes || bytes.length <= HEAD_BYTES + MAC_BYTES || bytes[0] !== FORMAT || bytes[1]! > 1) return undefined;
  const content = bytes.subarray(0, -MAC_BYTES);
  const view = new DataView(bytes.buffer);
  const digits = String(view.getUint8(50) * 2 ** 32 + view.getUint32(51)).padStart(12, '0');
  const id: AnswerId = {
    kind: bytes[1] === 1 ? 'pixels' : 'image',
    answeredAt: view.getUint32(2),
    labelIndex: view.getUint16(6),
    score: view.getUint16(8) / MAX_SCORE,
    sentSha256: toHex(bytes.subarray(10, 42)),
    nonce: toHex(bytes.subarray(42, 50)),
    model: new TextDecoder().decode(content.subarray(HEAD_BYTES)),
    version: `${digits.slice(0, 8)}T${digits.slice(8)}Z-${toHex(bytes.subarray(55, HEAD_BYTES))}`,
  };
  const valid = nameSchema.safeParse(id.model).success && versionSchema.safeParse(id.version).success;
  return valid ? { id, content, mac: bytes.subarray(-MAC_BYTES) } : undefined;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** Base64url (RFC 4648, section 5) without padding. For a few bytes only. */
export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (sign) => ({ '+': '-', '/': '_' })[sign] ?? '');
}

/** @returns undefined for anything that `toBase64Url` would not write, so that equal bytes always have equal texts */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
  return toBase64Url(bytes) === text ? bytes : undefined;
}
