/** The picture reader for Node: training and tests. A Worker calls `createPictureReader` with the files it imports. */
import { compileWasmFile } from '../node/wasm-file.ts';
import { createPictureReader, type ReadPicture } from './read-picture.ts';

export function nodePictureReader(): ReadPicture {
  return createPictureReader({
    jpeg: compileWasmFile('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'),
    png: compileWasmFile('@jsquash/png/codec/pkg/squoosh_png_bg.wasm'),
  });
}
