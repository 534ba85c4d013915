/** Strips WebP (RFC 9649): keeps the image or the first frame, the canvas, alpha, and the color profile. */

import { exifOrientation } from '../../orientation/exif-orientation.ts';
import { orientationBlock } from '../../orientation/orientation-block.ts';
import { HEADER_BYTES, type RiffChunk, riffFile, undecodable, walkChunks, walkFile } from './riff.ts';

/** Flags of VP8X (2.7.1.1). */
const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;
const IMAGE = new Set(['ALPH', 'VP8 ', 'VP8L']);
const KEPT_TYPES = new Set(['VP8X', 'ICCP', 'ANIM', 'ANMF', ...IMAGE]);
/** Position, size and duration of a frame. */
const FRAME_HEADER_BYTES = 16;

type Part = Omit<RiffChunk, 'offset'>;

export function webpWithoutMetadata(bytes: Uint8Array): Uint8Array[] {
  const parts = new Map<string, Part>();
  let orientation: ReturnType<typeof exifOrientation> | undefined;
  for (const { type, data } of walkFile(bytes)) {
    if (type === 'EXIF') orientation ??= exifOrientation(data);
    if (!KEPT_TYPES.has(type) || parts.has(type)) continue;
    parts.set(type, { type, data: type === 'ANMF' ? withoutUnknown(data) : data });
  }
  if (![...IMAGE, 'ANMF'].some((type) => parts.has(type))) throw undecodable('contains no image');
  const isRotated = orientation !== undefined && orientation !== 1;
  const canvas = parts.get('VP8X');
  if (canvas) {
    const data = Uint8Array.from(canvas.data);
    data[0] = (data[0]! & ~(HAS_EXIF | HAS_XMP)) | (isRotated ? HAS_EXIF : 0);
    parts.set('VP8X', { type: 'VP8X', data });
  }
  const exif = isRotated ? [{ type: 'EXIF', data: orientationBlock(orientation!) }] : [];
  return [riffFile([...parts.values(), ...exif])];
}

function withoutUnknown(frame: Uint8Array): Uint8Array {
  const chunks = [...walkChunks(frame, FRAME_HEADER_BYTES)].filter(({ type }) => IMAGE.has(type));
  const file = riffFile(chunks);
  // The chunks follow the header of a frame, as they follow `RIFF`, length and `WEBP` in a file.
  const data = new Uint8Array(FRAME_HEADER_BYTES + file.length - HEADER_BYTES);
  data.set(frame.subarray(0, FRAME_HEADER_BYTES));
  data.set(file.subarray(HEADER_BYTES), FRAME_HEADER_BYTES);
  return data;
}
