/** The one error of this folder. */
import { PictureError } from '../../picture-error.ts';

/** @param problem what the file is or has, and what to send instead; follows "this JPEG" */
export function undecodable(problem: string, options?: ConstructorParameters<typeof PictureError>[2]): PictureError {
  return new PictureError('picture-undecodable', `this JPEG ${problem}`, options);
}
