/** The area average of a complete image in memory. */
import type { ColorTransform } from '../color/color-transform.ts';
import { AreaAccumulator } from './area-accumulator.ts';
import type { Size, Target } from './cell-grid.ts';

export type { Target } from './cell-grid.ts';

/** 8-bit RGBA with straight alpha, [height, width, 4]; like ImageData in a browser. */
export interface RgbaImage extends Size {
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * Transparent parts become white before averaging. Gray is the BT.601 luma of the mean color. Rounds once, half up. Also
 * enlarges: a cell within one pixel gets its color.
 *
 * @param source exact for up to 10^8 pixels
 * @param toSrgb converts the mean colors before rounding
 * @returns [height, width, channels], 0-255
 * @throws {RangeError} if the data is not width x height x 4 bytes
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
