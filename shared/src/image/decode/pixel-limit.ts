/** The limit that an image's header is held to before anything is allocated for its pixels. */
import { ImageError } from '../image-error.ts';
import type { ImageLimits } from './decoder.ts';

/**
 * @param width as the header declares it; the product is formed in float64, where 2^31 x 2^31 does not wrap
 * @throws {ImageError} image-too-many-pixels, with `limit` and `actual`
 */
export function checkPixelLimit({ width, height }: { width: number; height: number }, { maxPixels }: ImageLimits) {
  const actual = width * height;
  if (actual <= maxPixels) return;
  throw new ImageError(
    'image-too-many-pixels',
    `the image has ${width} x ${height} = ${actual} pixels and at most ${maxPixels} are taken; send a smaller one`,
    { details: { limit: maxPixels, actual } },
  );
}
