/** The one error of this folder. */
import { ImageError } from '../../image-error.ts';

/** @param problem what the file is or has, and what to send instead; follows "this JPEG" */
export function undecodable(problem: string, options?: ConstructorParameters<typeof ImageError>[2]): ImageError {
  return new ImageError('image-undecodable', `this JPEG ${problem}`, options);
}
