/** Strips PNG (third edition): keeps the chunks that make up the image and, for an animation (APNG), the still image. */

import { ImageError } from '../../image-error.ts';
import { exifOrientation } from '../../orientation/exif-orientation.ts';
import { orientationBlock } from '../../orientation/orientation-block.ts';
import { chunkBytes, framed, hasValidChecksum, SIGNATURE, undecodable, walkChunks } from './chunks.ts';

const KEPT_TYPES = new Set(['IHDR', 'PLTE', 'tRNS', 'cICP', 'iCCP', 'sRGB', 'gAMA', 'cHRM']);

export function pngWithoutMetadata(bytes: Uint8Array): Uint8Array[] {
  const header: Uint8Array[] = [SIGNATURE];
  const image: Uint8Array[] = [];
  let exif: Uint8Array | undefined;
  // The chunks of image data are consecutive. Later ones do not belong to the image.
  let state: 'before' | 'within' | 'after' = 'before';
  try {
    for (const chunk of walkChunks(bytes)) {
      const { type, data } = chunk;
      if (type === 'IDAT') {
        if (state === 'after') continue;
        state = 'within';
        image.push(framed(chunk));
        continue;
      }
      if (state === 'within') state = 'after';
      if (type === 'eXIf' && hasValidChecksum(chunk)) exif ??= data;
      if (state === 'before' && KEPT_TYPES.has(type)) header.push(framed(chunk));
    }
  } catch (error) {
    // Damage after the image does not matter.
    if (!(error instanceof ImageError) || state === 'before') throw error;
  }
  if (state === 'before') throw undecodable('contains no image; send the whole file');
  const orientation = exif ? exifOrientation(exif) : 1;
  if (orientation !== 1) header.push(chunkBytes('eXIf', orientationBlock(orientation)));
  return [...header, ...image, chunkBytes('IEND', new Uint8Array(0))];
}
