/** How a PNG's rows lie in the image: one after another, or in Adam7's seven passes (PNG third edition, 8). */
import type { PngHeader } from './header.ts';

/** A part of the image that is stored like an image of its own. */
export interface Pass {
  /** Of the pass' first pixel, and from one of its pixels to the next. */
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  /** Pixels of a row, and rows: at least one. */
  readonly width: number;
  readonly height: number;
  /** Of a row, without its filter type. */
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

/** In the order of the file; passes without pixels are not stored at all. */
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

/** Bytes of all rows with their filter types: what the image data must inflate to. */
export function inflatedBytes(passes: readonly Pass[]): number {
  return passes.reduce((sum, { height, rowBytes }) => sum + height * (rowBytes + 1), 0);
}
