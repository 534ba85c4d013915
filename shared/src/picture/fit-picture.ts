/** A whole stored picture → the pixels that a model eats. The last step of every decoder that holds the picture. */
import { areaAverage, type RgbaPicture } from './area-average.ts';
import type { Orientation } from './exif-orientation.ts';
import type { InputContract } from './input-contract.ts';
import { turnSize, turnUpright } from './orientation.ts';

/**
 * Averages as the picture lies in the file, then turns the small result: the same bytes as turning first.
 *
 * @returns [height, width, channels] of the contract, 0-255, upright
 */
export function fitPicture(stored: RgbaPicture, orientation: Orientation, contract: InputContract): Uint8Array {
  const lying = turnSize(contract, orientation);
  return turnUpright(areaAverage(stored, lying), lying, orientation);
}
