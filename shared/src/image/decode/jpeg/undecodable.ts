/** The error that all of the JPEG decoder throws. */
import { ImageError } from '../../image-error.ts';

/** @param problem completes "this JPEG …": what is wrong, and what to send instead */
export function undecodable(problem: string, options?: ConstructorParameters<typeof ImageError>[2]): ImageError {
  return new ImageError('image-undecodable', `this JPEG ${problem}`, options);
}
