/** The area average of a whole picture, for those who hold one. */
import { AreaAccumulator } from './area-accumulator.ts';
import type { Size, Target } from './cell-grid.ts';
import type { ColourTransform } from './colour/colour-transform.ts';

export type { Target } from './cell-grid.ts';

/** 8-bit RGBA with straight alpha, [height, width, 4]; what a browser calls ImageData. */
export interface RgbaPicture extends Size {
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * Transparent parts turn white before they are averaged. Grey is the BT.601 luma of the mean colour. Rounds once, half
 * up. Enlarges too: a cell inside one pixel takes its colour.
 *
 * @param source up to 10^8 pixels stay exact
 * @param toSrgb converts the mean colours before they are rounded
 * @returns [height, width, channels], 0-255
 * @throws {RangeError} when the data are not width x height x 4 bytes
 */
export function areaAverage(source: RgbaPicture, target: Target, toSrgb?: ColourTransform): Uint8Array<ArrayBuffer> {
  const { width, height, data } = source;
  if (width < 1 || height < 1 || data.length !== width * height * 4) {
    throw new RangeError(`${data.length} bytes are not ${width} x ${height} RGBA pixels`);
  }
  const average = new AreaAccumulator(source, target);
  for (let y = 0; y < height; y++) average.addRow(y, data.subarray(y * width * 4, (y + 1) * width * 4));
  return average.finish(toSrgb);
}
