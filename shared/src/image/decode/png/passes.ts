/** The passes of a PNG: a single one, or the seven of Adam7 (PNG third edition, 8). */
import type { PngHeader } from './header.ts';

/** A part of the image that is stored like a separate image. */
export interface Pass {
  /** Position of the first pixel, and the distance between pixels. */
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  /** Pixels per row, and rows. At least 1. */
  readonly width: number;
  readonly height: number;
  /** Bytes per row, without the filter type. */
  readonly rowBytes: number;
}

const whole = [{ x: 0, y: 0, stepX: 1, stepY: 1 }];

const adam7 = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

/** In file order. Passes without pixels are not stored. */
export function passesOf({ width, height, bitsPerPixel, interlaced }: PngHeader): Pass[] {
  return (interlaced ? adam7 : whole)
    .map((pass) => ({
      ...pass,
      width: Math.ceil((width - pass.x) / pass.stepX),
      height: Math.ceil((height - pass.y) / pass.stepY),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0)
    .map((pass) => ({ ...pass, rowBytes: Math.ceil((pass.width * bitsPerPixel) / 8) }));
}

/** Bytes of all rows with their filter types: the size to which the image data must inflate. */
export function inflatedBytes(passes: readonly Pass[]): number {
  return passes.reduce((sum, { height, rowBytes }) => sum + height * (rowBytes + 1), 0);
}
