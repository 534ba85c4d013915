/** What a PNG's first chunk, IHDR, declares (PNG third edition, 11.2.1): enough to refuse it before any work. */
import { type Chunk, hasValidChecksum, undecodable } from './chunks.ts';

export interface PngHeader {
  /** As stored, in pixels: before orientation. */
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: Depth;
  readonly colourType: ColourType;
  /** Bits of a stored pixel, all its samples together. */
  readonly bitsPerPixel: number;
  /** By Adam7, in seven passes. */
  readonly interlaced: boolean;
}

export type Depth = 1 | 2 | 4 | 8 | 16;

/** By number: 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha (PNG third edition, table 8). */
const colourTypes = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
} as const satisfies Record<number, { samples: number; depths: readonly Depth[] }>;

export type ColourType = keyof typeof colourTypes;

/** Sides are signed 32-bit numbers by the standard. */
const LONGEST_DECLARED_SIDE = 2 ** 31 - 1;

/**
 * @param first chunk of the file
 * @throws {PictureError} picture-undecodable when it is no IHDR, is damaged or declares what does not exist
 */
export function readPngHeader(first: Chunk | undefined): PngHeader {
  if (first?.type === 'CgBI') throw undecodable("is of Apple's own kind for apps (CgBI); save it as a plain PNG");
  if (first?.type !== 'IHDR' || first.data.length !== 13 || !hasValidChecksum(first)) {
    throw undecodable('has a damaged header (IHDR); send it again', { details: { offset: first?.offset ?? 8 } });
  }
  const view = new DataView(first.data.buffer, first.data.byteOffset, first.data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const colourType = view.getUint8(9);
  if (width < 1 || height < 1 || width > LONGEST_DECLARED_SIDE || height > LONGEST_DECLARED_SIDE) {
    throw undecodable(`declares a size that does not exist, ${width} x ${height}; save it anew`);
  }
  const known = isColourType(colourType) ? colourTypes[colourType] : undefined;
  const depth = known?.depths.find((each) => each === view.getUint8(8));
  if (!isColourType(colourType) || !known || !depth) {
    const declared = `colour type ${colourType} with ${view.getUint8(8)} bits`;
    throw undecodable(`declares ${declared}, which does not exist; save it anew`);
  }
  if (view.getUint8(10) !== 0 || view.getUint8(11) !== 0 || view.getUint8(12) > 1) {
    throw undecodable('declares a compression, filter or interlace method that does not exist; save it anew');
  }
  const bitsPerPixel = known.samples * depth;
  return { width, height, depth, colourType, bitsPerPixel, interlaced: view.getUint8(12) === 1 };
}

function isColourType(number: number): number is ColourType {
  return number in colourTypes;
}
