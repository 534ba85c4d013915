/** The picture reader for Node: training and tests. A Worker calls `createPictureReader` with the files it imports. */
import { compileWasmFile } from '../node/wasm-file.ts';
import type { ColourHandling } from './colour/colour-transform.ts';
import { createPictureReader, type ReadPicture } from './read-picture.ts';

export function nodePictureReader(colour?: ColourHandling): ReadPicture {
  const codecs = {
    webp: compileWasmFile('@jsquash/webp/codec/dec/webp_dec.wasm'),
  };
  return createPictureReader(codecs, colour);
}
