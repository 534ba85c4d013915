/** What a PNG says about itself, read from its chunks alone: enough to refuse it before memory is allocated for it. */
import { exifOrientation, type Orientation } from '../../exif-orientation.ts';
import { type Chunk, hasValidChecksum, undecodable } from './chunks.ts';

export interface PngHeader {
  /** As stored, in pixels: before orientation. */
  readonly width: number;
  readonly height: number;
  readonly colourType: ColourType;
  /** Bits of a stored pixel, all its samples together. */
  readonly bitsPerPixel: number;
  readonly orientation: Orientation;
}

/** By number: 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha (PNG third edition, table 8). */
const colourTypes = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
} as const satisfies Record<number, { samples: number; depths: readonly number[] }>;

export type ColourType = keyof typeof colourTypes;

/** Sides are signed 32-bit numbers by the standard. */
const LONGEST_SIDE = 2 ** 31 - 1;

/**
 * @param chunks from `readChunks`
 * @throws {PictureError} picture-undecodable when IHDR does not come first, is damaged or declares what does not exist
 */
export function readPngHeader(chunks: readonly Chunk[]): PngHeader {
  const [first] = chunks;
  if (first?.type === 'CgBI') throw undecodable("is of Apple's own kind for apps (CgBI); save it as a plain PNG");
  if (first?.type !== 'IHDR' || first.data.length !== 13 || !hasValidChecksum(first)) {
    throw undecodable('has a damaged header (IHDR); send it again', { details: { offset: first?.offset ?? 8 } });
  }
  const view = new DataView(first.data.buffer, first.data.byteOffset, first.data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const depth = view.getUint8(8);
  const colourType = view.getUint8(9);
  if (width < 1 || height < 1 || width > LONGEST_SIDE || height > LONGEST_SIDE) {
    throw undecodable(`declares a size that does not exist, ${width} x ${height}; save it anew`);
  }
  const known = isColourType(colourType) ? colourTypes[colourType] : undefined;
  if (!isColourType(colourType) || !known?.depths.some((each) => each === depth)) {
    throw undecodable(`declares colour type ${colourType} with ${depth} bits, which does not exist; save it anew`);
  }
  if (view.getUint8(10) !== 0 || view.getUint8(11) !== 0 || view.getUint8(12) > 1) {
    throw undecodable('declares a compression, filter or interlace method that does not exist; save it anew');
  }
  const exif = chunks.find(({ type }) => type === 'eXIf');
  return {
    width,
    height,
    colourType,
    bitsPerPixel: known.samples * depth,
    orientation: exif ? exifOrientation(exif.data) : 1,
  };
}

function isColourType(number: number): number is ColourType {
  return number in colourTypes;
}
