/** An Exif block (TIFF 6.0) that contains only the orientation. */
import type { Orientation } from './exif-orientation.ts';

/** 26 bytes, big-endian: the header, and one directory with one entry. */
export function orientationBlock(orientation: Orientation): Uint8Array {
  // biome-ignore format: one line per field
  return Uint8Array.of(
    0x4d, 0x4d, 0, 42, 0, 0, 0, 8,
    0, 1,
    0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0,
    0, 0, 0, 0,
  );
}
