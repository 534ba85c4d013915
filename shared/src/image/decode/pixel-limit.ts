/** Checks the declared size of an image before memory is allocated for its pixels. */
import { ImageError } from '../image-error.ts';
import type { ImageLimits } from './decoder.ts';

/**
 * @param width as declared. The product is computed in float64, where 2^31 x 2^31 does not overflow
 * @throws {ImageError} image-too-many-pixels, with `limit` and `actual`
 */
export function checkPixelLimit({ width, height }: { width: number; height: number }, { maxPixels }: ImageLimits) {
  const actual = width * height;
  if (actual <= maxPixels) return;
  throw new ImageError(
    'image-too-many-pixels',
    `the image has ${width} x ${height} = ${actual} pixels, more than the limit of ${maxPixels}; send a smaller one`,
    { details: { limit: maxPixels, actual } },
  );
}
