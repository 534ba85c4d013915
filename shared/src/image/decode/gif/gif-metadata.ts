/** Strips GIF (GIF89a): keeps the screen, its colors, and the first image. */
import { readGifParts } from './gif-parts.ts';

const SCREEN_BYTES = 13;
const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
/** Without the empty block that follows (clause 23). */
const GRAPHIC_CONTROL_BYTES = 7;
const TRAILER = 0x3b;

export function gifWithoutMetadata(bytes: Uint8Array): Uint8Array[] {
  const { frame } = readGifParts(bytes);
  const flags = bytes[10]!;
  const colors = flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
  const parts = [bytes.subarray(0, SCREEN_BYTES + colors)];
  let at = SCREEN_BYTES + colors;
  // Only extensions precede the image. The graphic control extension declares the transparent color.
  while (at < frame.offset) {
    const begin = at;
    at = endOfBlocks(bytes, at + 2);
    if (bytes[begin] !== EXTENSION || bytes[begin + 1] !== GRAPHIC_CONTROL || bytes[begin + 2] !== 4) continue;
    parts.push(bytes.subarray(begin, begin + GRAPHIC_CONTROL_BYTES), Uint8Array.of(0));
  }
  parts.push(bytes.subarray(frame.offset, endOfBlocks(bytes, frame.dataOffset)), Uint8Array.of(TRAILER));
  return parts;
}

/** The offset after the empty block that ends the list (clause 16), or the end of the file. */
function endOfBlocks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!;
  return Math.min(at + 1, bytes.length);
}
