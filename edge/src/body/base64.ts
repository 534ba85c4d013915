/**
 * Base64 (RFC 4648) in either alphabet, with or without padding, white space, or a `data:` prefix, which browsers write.
 */

/** Character code → six bits, 64 for white space, 65 for the padding; 255 for everything else. */
const SPACE = 64;
const PADDING = 65;
const INVALID = 255;
const values = new Uint8Array(128).fill(INVALID);
for (const [index, character] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  values[character.charCodeAt(0)] = index;
}
values['-'.charCodeAt(0)] = 62;
values['_'.charCodeAt(0)] = 63;
values['='.charCodeAt(0)] = PADDING;
for (const space of ' \t\r\n') values[space.charCodeAt(0)] = SPACE;

/** @returns undefined if the text is not base64 */
export function decodeBase64(sent: string): Uint8Array<ArrayBuffer> | undefined {
  const text = sent.replace(/^data:[^,]{0,100};base64,/, '');
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4));
  let length = 0;
  let pending = 0;
  let bits = 0;
  let padding = 0;
  for (let i = 0; i < text.length; i++) {
    const value = values[text.charCodeAt(i)] ?? INVALID;
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
      bytes[length++] = (pending >> bits) & 0xff;
    }
  }
  // Six remaining bits mean one character too many. Padding, if present, must complete the last four characters.
  if (bits === 6 || (padding > 0 && padding !== bits / 2)) return undefined;
  return bytes.subarray(0, length);
}
