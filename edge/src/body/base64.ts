/**
 * Base64 (RFC 4648) in either alphabet, with or without padding, white space, or a `data:` prefix, which browsers write.
 */

/** Byte → six bits, or one of these. */
const SPACE = 64;
const PADDING = 65;
const INVALID = 255;
const values = new Uint8Array(256).fill(INVALID);
for (const [index, character] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  values[character.charCodeAt(0)] = index;
}
values['-'.charCodeAt(0)] = 62;
values['_'.charCodeAt(0)] = 63;
values['='.charCodeAt(0)] = PADDING;
for (const space of ' \t\r\n') values[space.charCodeAt(0)] = SPACE;

const BACKSLASH = '\\'.charCodeAt(0);
/** Longer than any `data:` prefix. */
const MAX_PREFIX = 128;

/** @returns undefined if the text is not base64 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  return decodeBase64InPlace(Uint8Array.from(new TextEncoder().encode(text)));
}

/**
 * Overwrites the text with what it encodes, so that a body never needs more memory than it had.
 *
 * @param json whether the text is the inside of a JSON string, which may have escapes (PHP writes `\/`)
 * @returns a part of the same array; undefined if the text is not base64
 */
export function decodeBase64InPlace(
  text: Uint8Array<ArrayBuffer>,
  { json = false } = {},
): Uint8Array<ArrayBuffer> | undefined {
  let length = 0;
  let pending = 0;
  let bits = 0;
  let padding = 0;
  for (let i = prefixLength(text); i < text.length; i++) {
    let byte = text[i]!;
    if (json && byte === BACKSLASH) {
      const [character, size] = readEscape(text, i);
      byte = character;
      i += size - 1;
    } else if (json && byte < 0x20) return undefined;
    const value = values[byte]!;
    if (value === SPACE) continue;
    if (value === PADDING) {
      padding++;
      continue;
    }
    // Nothing may follow the padding.
    if (value === INVALID || padding > 0) return undefined;
    pending = ((pending << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      text[length++] = (pending >> bits) & 0xff;
    }
  }
  // Six remaining bits mean one character too many. Padding, if present, must complete the last four characters.
  if (bits === 6 || (padding > 0 && padding !== bits / 2)) return undefined;
  return text.subarray(0, length);
}

function prefixLength(text: Uint8Array): number {
  const head = String.fromCharCode(...text.subarray(0, MAX_PREFIX));
  return /^data:[^,]{0,100};base64,/.exec(head)?.[0].length ?? 0;
}

/** An escape of JSON → its character, or 0 if base64 has no such character; and the length of the escape. */
function readEscape(text: Uint8Array, at: number): [character: number, size: number] {
  const kind = String.fromCharCode(text[at + 1] ?? 0);
  if (kind === '/') return ['/'.charCodeAt(0), 2];
  if ('nrt'.includes(kind)) return [' '.charCodeAt(0), 2];
  const hex = String.fromCharCode(...text.subarray(at + 2, at + 6));
  if (kind !== 'u' || !/^00[0-7][0-9a-f]$/i.test(hex)) return [0, 2];
  return [Number.parseInt(hex, 16), 6];
}
