/** The limit that a picture's header is held to before anything is allocated for its pixels. */
import { PictureError } from '../picture-error.ts';
import type { PictureLimits } from './decoder.ts';

/**
 * @param width as the header declares it; the product is formed in float64, where 2^31 x 2^31 does not wrap
 * @throws {PictureError} picture-too-many-pixels, with `limit` and `actual`
 */
export function checkPixelLimit({ width, height }: { width: number; height: number }, { maxPixels }: PictureLimits) {
  const actual = width * height;
  if (actual <= maxPixels) return;
  throw new PictureError(
    'picture-too-many-pixels',
    `the picture has ${width} x ${height} = ${actual} pixels and at most ${maxPixels} are taken; send a smaller one`,
    { details: { limit: maxPixels, actual } },
  );
}
