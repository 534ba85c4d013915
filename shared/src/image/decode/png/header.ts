/** The header of a PNG, its first chunk IHDR (PNG third edition, 11.2.1): enough to refuse an image before any work. */
import { type Chunk, hasValidChecksum, undecodable } from './chunks.ts';

export interface PngHeader {
  /** As stored, in pixels: before orientation. */
  readonly width: number;
  readonly height: number;
  /** Bits per sample. */
  readonly depth: Depth;
  readonly colorType: ColorType;
  /** Bits per stored pixel, for all samples together. */
  readonly bitsPerPixel: number;
  /** In the seven passes of Adam7. */
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

/** The standard limits sides to signed 32-bit integers. */
const MAX_DECLARED_SIDE = 2 ** 31 - 1;

/**
 * @param first chunk of the file
 * @throws {ImageError} image-undecodable if it is not an IHDR, is damaged or declares invalid values
 */
export function readPngHeader(first: Chunk | undefined): PngHeader {
  if (first?.type === 'CgBI') throw undecodable("is in Apple's format for apps (CgBI); save it as a plain PNG");
  if (first?.type !== 'IHDR' || first.data.length !== 13 || !hasValidChecksum(first)) {
    throw undecodable('has a damaged header (IHDR); send it again', { details: { offset: first?.offset ?? 8 } });
  }
  const view = new DataView(first.data.buffer, first.data.byteOffset, first.data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const colorType = view.getUint8(9);
  if (width < 1 || height < 1 || width > MAX_DECLARED_SIDE || height > MAX_DECLARED_SIDE) {
    throw undecodable(`declares an invalid size, ${width} x ${height}; save it again`);
  }
  const known = isColorType(colorType) ? colorTypes[colorType] : undefined;
  const depth = known?.depths.find((each) => each === view.getUint8(8));
  if (!isColorType(colorType) || !known || !depth) {
    const declared = `color type ${colorType} with ${view.getUint8(8)} bits`;
    throw undecodable(`declares ${declared}, which is invalid; save it again`);
  }
  if (view.getUint8(10) !== 0 || view.getUint8(11) !== 0 || view.getUint8(12) > 1) {
    throw undecodable('declares an invalid compression, filter or interlace method; save it again');
  }
  const bitsPerPixel = known.samples * depth;
  return { width, height, depth, colorType, bitsPerPixel, interlaced: view.getUint8(12) === 1 };
}

function isColorType(number: number): number is ColorType {
  return number in colorTypes;
}
