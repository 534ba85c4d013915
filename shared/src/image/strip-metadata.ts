/**
 * An image without what cameras and programs wrote about it: place, time, device, owner, thumbnails, comments, edits,
 * second images and films behind its end. Nothing is encoded anew: the parts of the file that make the image are
 * copied, all others left behind, whether they are known or not. What stays is what the pixels depend on: the color
 * profile, and of Exif the orientation.
 */
import type { ImageFormat } from './decode/decoder.ts';
import { gifWithoutMetadata } from './decode/gif/gif-metadata.ts';
import { jpegWithoutMetadata } from './decode/jpeg/jpeg-metadata.ts';
import { pngWithoutMetadata } from './decode/png/png-metadata.ts';
import { webpWithoutMetadata } from './decode/webp/webp-metadata.ts';

const ways: Readonly<Record<ImageFormat, (bytes: Uint8Array) => readonly Uint8Array[]>> = {
  jpeg: jpegWithoutMetadata,
  png: pngWithoutMetadata,
  webp: webpWithoutMetadata,
  gif: gifWithoutMetadata,
};

/**
 * @param bytes of a file that decodes
 * @returns a file that decodes to the same pixels and is turned upright the same way; of an animation the first image
 * @throws {ImageError} image-undecodable where there is no image in it
 */
export function withoutMetadata(bytes: Uint8Array, format: ImageFormat): Uint8Array<ArrayBuffer> {
  const parts = ways[format](bytes);
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
