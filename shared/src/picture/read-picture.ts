/** A picture's bytes → the pixels that a model eats. The one entrance for the trainer, the Worker and the tests. */
import type { ColourHandling } from './colour/colour-transform.ts';
import type { Decoder, Picture, PictureFormat } from './decode/decoder.ts';
import { gifDecoder } from './decode/gif/gif-decoder.ts';
import { jpegDecoder } from './decode/jpeg/jpeg-decoder.ts';
import { pngDecoder } from './decode/png/png-decoder.ts';
import { webpDecoder } from './decode/webp/webp-decoder.ts';
import type { InputContract } from './input-contract.ts';
import { PictureError } from './picture-error.ts';
import { sniff } from './sniff.ts';

/** For people. */
const READABLE = 'JPEG, PNG, WebP or GIF';

/** The codecs, compiled: a Worker imports the .wasm files, Node compiles them (`node.ts`). */
export interface PictureCodecs {
  /** `@jsquash/webp/codec/dec/webp_dec.wasm` */
  readonly webp: WebAssembly.Module;
}

/** Most pixels (width x height) that a header may declare, by format. */
export type PixelLimits = Readonly<Record<PictureFormat, number>>;

/**
 * @param bytes of one file; what it is is told by its first bytes, never by a name or a declared type
 * @throws {PictureError} with every code there is
 */
export type ReadPicture = (bytes: Uint8Array, contract: InputContract, limits: PixelLimits) => Promise<Picture>;

/**
 * @example
 * const readPicture = createPictureReader({ webp });
 * const { pixels } = await readPicture(bytes, release.input, pixelLimits(limits));
 */
export function createPictureReader(codecs: PictureCodecs, colour: ColourHandling = 'srgb'): ReadPicture {
  const decoders: readonly Decoder[] = [
    jpegDecoder(colour),
    pngDecoder(colour),
    webpDecoder(codecs.webp, colour),
    gifDecoder,
  ];

  return async (bytes, contract, limits) => {
    const { kind, name } = sniff(bytes);
    if (kind === 'empty') throw new PictureError('picture-empty', `no bytes arrived; send ${READABLE}`);
    const decoder = decoders.find(({ format }) => format === kind);
    if (!decoder) {
      throw new PictureError('picture-unsupported', `this is ${name}; send ${READABLE} instead`, {
        details: { sent: kind },
      });
    }
    return decoder.decode(bytes, contract, { maxPixels: limits[decoder.format] });
  };
}
