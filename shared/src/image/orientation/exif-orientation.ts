/** The orientation in an Exif block (TIFF 6.0): tag 0x0112 of the first directory. */

/**
 * How the stored image must be shown, numbered as in Exif: 1 upright, 2 mirrored, 3 upside down, 4 flipped vertically,
 * 5 transposed, 6 rotate right (clockwise), 7 transversed, 8 rotate left.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;
const LONG = 4;
const ENTRY_BYTES = 12;

/**
 * @param block a TIFF structure, with or without a leading `Exif\0\0` (PNG writers differ)
 * @returns 1 if there is no orientation or the block is damaged. Images are not refused because of their metadata
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
