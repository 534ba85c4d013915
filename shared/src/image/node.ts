/** The image reader for Node: training and tests. A Worker calls `createImageReader` with the modules that it imports. */
import { compileWasmFile } from '../model/runtime/wasm-file.ts';
import type { ColorHandling } from './color/color-transform.ts';
import { createImageReader, type ReadImage } from './read-image.ts';

export function nodeImageReader(color?: ColorHandling): ReadImage {
  const codecs = {
    webp: compileWasmFile('@jsquash/webp/codec/dec/webp_dec.wasm'),
  };
  return createImageReader(codecs, color);
}
