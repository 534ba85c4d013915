/** The area average of a whole image, for those who hold one. */
import type { ColorTransform } from '../color/color-transform.ts';
import { AreaAccumulator } from './area-accumulator.ts';
import type { Size, Target } from './cell-grid.ts';

export type { Target } from './cell-grid.ts';

/** 8-bit RGBA with straight alpha, [height, width, 4]; what a browser calls ImageData. */
export interface RgbaImage extends Size {
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * Transparent parts turn white before they are averaged. Gray is the BT.601 luma of the mean color. Rounds once, half
 * up. Enlarges too: a cell inside one pixel takes its color.
 *
 * @param source up to 10^8 pixels stay exact
 * @param toSrgb converts the mean colors before they are rounded
 * @returns [height, width, channels], 0-255
 * @throws {RangeError} when the data are not width x height x 4 bytes
 */
export function areaAverage(source: RgbaImage, target: Target, toSrgb?: ColorTransform): Uint8Array<ArrayBuffer> {
  const { width, height, data } = source;
  if (width < 1 || height < 1 || data.length !== width * height * 4) {
    throw new RangeError(`${data.length} bytes are not ${width} x ${height} RGBA pixels`);
  }
  const average = new AreaAccumulator(source, target);
  for (let y = 0; y < height; y++) average.addRow(y, data.subarray(y * width * 4, (y + 1) * width * 4));
  return average.finish(toSrgb);
}
