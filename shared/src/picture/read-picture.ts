/** A picture's bytes → the pixels that a model eats. The one entrance for the trainer, the Worker and the tests. */
import type { Decoder, Picture, PictureLimits } from './decode/decoder.ts';
import { jpegDecoder } from './decode/jpeg/jpeg-decoder.ts';
import { pngDecoder } from './decode/png/png-decoder.ts';
import type { InputContract } from './input-contract.ts';
import { PictureError } from './picture-error.ts';
import { sniff } from './sniff.ts';

/** The codecs, compiled: a Worker imports the .wasm files, Node compiles them (`node.ts`). */
export interface PictureCodecs {
  /** `@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm` */
  readonly jpeg: WebAssembly.Module;
  /** `@jsquash/png/codec/pkg/squoosh_png_bg.wasm` */
  readonly png: WebAssembly.Module;
}

/**
 * @param bytes of one file; what it is is told by its first bytes, never by a name or a declared type
 * @throws {PictureError} with every code there is
 */
export type ReadPicture = (bytes: Uint8Array, contract: InputContract, limits: PictureLimits) => Promise<Picture>;

/**
 * @example
 * const readPicture = createPictureReader({ jpeg, png });
 * const { pixels } = await readPicture(bytes, release.input, { maxPixels: 25e6 });
 */
export function createPictureReader(codecs: PictureCodecs): ReadPicture {
  const decoders: readonly Decoder[] = [jpegDecoder(codecs.jpeg), pngDecoder(codecs.png)];

  return async (bytes, contract, limits) => {
    const { kind, name } = sniff(bytes);
    if (kind === 'empty') throw new PictureError('picture-empty', 'no bytes arrived; send a JPEG or PNG picture');
    const decoder = decoders.find(({ format }) => format === kind);
    if (!decoder) {
      throw new PictureError('picture-unsupported', `this is ${name}; send JPEG or PNG instead`, {
        details: { sent: kind },
      });
    }
    return decoder.decode(bytes, contract, limits);
  };
}
