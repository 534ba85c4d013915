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
const LETTER_U = 'u'.charCodeAt(0);
/** The character behind a backslash in JSON → what it means; 0 for what base64 has not. */
const escapes = new Uint8Array(128);
escapes['/'.charCodeAt(0)] = '/'.charCodeAt(0);
for (const space of 'nrt') escapes[space.charCodeAt(0)] = ' '.charCodeAt(0);
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
      const kind = text[++i]!;
      if (kind === LETTER_U) {
        byte = characterOf(text, i + 1);
        i += 4;
      } else byte = kind < 128 ? escapes[kind]! : 0;
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

/** Four hexadecimal digits → the character, or 0 if it is not ASCII. Not by parsing text: a body can have millions. */
function characterOf(text: Uint8Array, at: number): number {
  let code = 0;
  for (let i = at; i < at + 4; i++) {
    const byte = text[i] ?? 0;
    const isDigit = byte >= 0x30 && byte <= 0x39;
    const letter = byte | 0x20;
    if (!isDigit && (letter < 0x61 || letter > 0x66)) return 0;
    code = code * 16 + (isDigit ? byte - 0x30 : letter - 0x57);
  }
  return code < 128 ? code : 0;
}
