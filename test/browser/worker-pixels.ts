/** The pixels that the Worker computes for an image, and the difference to others. */
import { unnormalized } from '@glimpse/shared/image/input-contract';
import { createImageReader } from '@glimpse/shared/image/read-image';
import { samePixelLimit } from '../support/image/any-format.ts';

/** Input contract of the starter release. */
export const contract = unnormalized({ height: 32, width: 32, channels: 3, fit: 'stretch' });

const limits = samePixelLimit(1e9);

/** JPEG, PNG and GIF. */
const readImage = createImageReader({
  webp: new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
});

/** @returns [height, width, channels], 0-255 */
export async function workerPixels(bytes: Uint8Array, input = contract): Promise<Uint8Array> {
  return (await readImage(bytes, input, limits)).pixels;
}

/** Mean absolute difference. */
export function difference(one: Uint8Array, other: Uint8Array): number {
  return one.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) / one.length;
}
