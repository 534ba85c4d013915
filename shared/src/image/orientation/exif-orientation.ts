/** The orientation that a camera wrote into an image: tag 0x0112 of the first directory of an Exif block (TIFF 6.0). */

/**
 * Where the stored image's first row and first column belong when it is shown, as Exif counts them: 1 upright,
 * 2 mirrored, 3 upside down, 4 flipped, 5 transposed, 6 to be turned right (clockwise), 7 transversed, 8 to be turned
 * left.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;
const LONG = 4;
const ENTRY_BYTES = 12;

/**
 * @param block a TIFF structure from its byte-order mark on, with or without `Exif\0\0` in front (PNG writers differ)
 * @returns 1 where there is no orientation or the block is broken: an image is not refused over its metadata
 */
export function exifOrientation(block: Uint8Array): Orientation {
  const tiff = startsWith(block, 'Exif\0\0') ? block.subarray(6) : block;
  const littleEndian = startsWith(tiff, 'II*\0');
  if (!littleEndian && !startsWith(tiff, 'MM\0*')) return 1;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (view.byteLength < 8) return 1;
  const directory = view.getUint32(4, littleEndian);
  if (directory + 2 > view.byteLength) return 1;
  const entries = view.getUint16(directory, littleEndian);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * ENTRY_BYTES;
    if (entry + ENTRY_BYTES > view.byteLength) return 1;
    if (view.getUint16(entry, littleEndian) !== ORIENTATION_TAG) continue;
    const type = view.getUint16(entry + 2, littleEndian);
    if (type === SHORT) return valid(view.getUint16(entry + 8, littleEndian));
    if (type === LONG) return valid(view.getUint32(entry + 8, littleEndian));
    return 1;
  }
  return 1;
}

function valid(value: number): Orientation {
  return value >= 1 && value <= 8 ? (value as Orientation) : 1;
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  for (let i = 0; i < magic.length; i++) if (bytes[i] !== magic.charCodeAt(i)) return false;
  return true;
}
