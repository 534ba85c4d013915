/** PNG (third edition): the chunks that make the image, of an animation (APNG) the still one. */

import { ImageError } from '../../image-error.ts';
import { exifOrientation } from '../../orientation/exif-orientation.ts';
import { orientationBlock } from '../../orientation/orientation-block.ts';
import { chunkBytes, framed, hasValidChecksum, SIGNATURE, undecodable, walkChunks } from './chunks.ts';

const DESCRIBING = new Set(['IHDR', 'PLTE', 'tRNS', 'cICP', 'iCCP', 'sRGB', 'gAMA', 'cHRM']);

export function pngWithoutMetadata(bytes: Uint8Array): Uint8Array[] {
  const ahead: Uint8Array[] = [SIGNATURE];
  const image: Uint8Array[] = [];
  let exif: Uint8Array | undefined;
  // The image's chunks follow each other directly: later ones are none of it.
  let state: 'before' | 'within' | 'behind' = 'before';
  try {
    for (const chunk of walkChunks(bytes)) {
      const { type, data } = chunk;
      if (type === 'IDAT') {
        if (state === 'behind') continue;
        state = 'within';
        image.push(framed(chunk));
        continue;
      }
      if (state === 'within') state = 'behind';
      if (type === 'eXIf' && hasValidChecksum(chunk)) exif ??= data;
      if (state === 'before' && DESCRIBING.has(type)) ahead.push(framed(chunk));
    }
  } catch (error) {
    // Behind the image it is of no account that the file is broken.
    if (!(error instanceof ImageError) || state === 'before') throw error;
  }
  if (state === 'before') throw undecodable('has no image in it; send the whole file');
  const orientation = exif ? exifOrientation(exif) : 1;
  if (orientation !== 1) ahead.push(chunkBytes('eXIf', orientationBlock(orientation)));
  return [...ahead, ...image, chunkBytes('IEND', new Uint8Array(0))];
}
