/**
 * Removes what cameras and programs wrote about an image: location, time, device, owner, thumbnails, comments, edits, and
 * second images or videos after its end. Nothing is re-encoded: the parts of the file that make up the image are copied, and
 * all others are dropped, known or not. What the pixels depend on stays: the color profile and the Exif orientation.
 */
import { decoders } from './decoders.ts';
import type { ImageFormat } from './formats.ts';

/**
 * @param bytes of a file that decodes
 * @returns a file with the same pixels and the same orientation; of an animation, the first frame
 * @throws {ImageError} image-undecodable if the file contains no image
 */
export function withoutMetadata(bytes: Uint8Array, format: ImageFormat): Uint8Array<ArrayBuffer> {
  const parts = decoders[format].withoutMetadata(bytes);
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
