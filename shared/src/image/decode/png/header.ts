/** What a PNG's first chunk, IHDR, declares (PNG third edition, 11.2.1): enough to refuse it before any work. */
import { type Chunk, hasValidChecksum, undecodable } from './chunks.ts';

export interface PngHeader {
  /** As stored, in pixels: before orientation. */
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: Depth;
  readonly colorType: ColorType;
  /** Bits of a stored pixel, all its samples together. */
  readonly bitsPerPixel: number;
  /** By Adam7, in seven passes. */
  readonly interlaced: boolean;
}

export type Depth = 1 | 2 | 4 | 8 | 16;

/** By number: 0 gray, 2 RGB, 3 palette, 4 gray with alpha, 6 RGB with alpha (PNG third edition, table 8). */
const colorTypes = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
} as const satisfies Record<number, { samples: number; depths: readonly Depth[] }>;

export type ColorType = keyof typeof colorTypes;

/** Sides are signed 32-bit numbers by the standard. */
const MAX_DECLARED_SIDE = 2 ** 31 - 1;

/**
 * @param first chunk of the file
 * @throws {ImageError} image-undecodable when it is no IHDR, is damaged or declares what does not exist
 */
export function readPngHeader(first: Chunk | undefined): PngHeader {
  if (first?.type === 'CgBI') throw undecodable("is of Apple's own kind for apps (CgBI); save it as a plain PNG");
  if (first?.type !== 'IHDR' || first.data.length !== 13 || !hasValidChecksum(first)) {
    throw undecodable('has a damaged header (IHDR); send it again', { details: { offset: first?.offset ?? 8 } });
  }
  const view = new DataView(first.data.buffer, first.data.byteOffset, first.data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const colorType = view.getUint8(9);
  if (width < 1 || height < 1 || width > MAX_DECLARED_SIDE || height > MAX_DECLARED_SIDE) {
    throw undecodable(`declares a size that does not exist, ${width} x ${height}; save it anew`);
  }
  const known = isColorType(colorType) ? colorTypes[colorType] : undefined;
  const depth = known?.depths.find((each) => each === view.getUint8(8));
  if (!isColorType(colorType) || !known || !depth) {
    const declared = `color type ${colorType} with ${view.getUint8(8)} bits`;
    throw undecodable(`declares ${declared}, which does not exist; save it anew`);
  }
  if (view.getUint8(10) !== 0 || view.getUint8(11) !== 0 || view.getUint8(12) > 1) {
    throw undecodable('declares a compression, filter or interlace method that does not exist; save it anew');
  }
  const bitsPerPixel = known.samples * depth;
  return { width, height, depth, colorType, bitsPerPixel, interlaced: view.getUint8(12) === 1 };
}

function isColorType(number: number): number is ColorType {
  return number in colorTypes;
}
