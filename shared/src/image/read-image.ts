/** An image's bytes → the pixels that a model eats. The one entrance for the trainer, the Worker and the tests. */
import type { ColorHandling } from './color/color-transform.ts';
import type { Decoder, Image, ImageFormat } from './decode/decoder.ts';
import { gifDecoder } from './decode/gif/gif-decoder.ts';
import { jpegDecoder } from './decode/jpeg/jpeg-decoder.ts';
import { pngDecoder } from './decode/png/png-decoder.ts';
import { webpDecoder } from './decode/webp/webp-decoder.ts';
import { ImageError } from './image-error.ts';
import type { InputContract } from './input-contract.ts';
import { sniff } from './sniff.ts';

/** For people. */
const READABLE = 'JPEG, PNG, WebP or GIF';

/** The codecs, compiled: a Worker imports the .wasm files, Node compiles them (`node.ts`). */
export interface ImageCodecs {
  /** `@jsquash/webp/codec/dec/webp_dec.wasm` */
  readonly webp: WebAssembly.Module;
}

/** Most pixels (width x height) that a header may declare, by format. */
export type PixelLimits = Readonly<Record<ImageFormat, number>>;

/**
 * @param bytes of one file; what it is is told by its first bytes, never by a name or a declared type
 * @throws {ImageError} with every code there is
 */
export type ReadImage = (bytes: Uint8Array, contract: InputContract, limits: PixelLimits) => Promise<Image>;

/**
 * @example
 * const readImage = createImageReader({ webp });
 * const { pixels } = await readImage(bytes, release.input, pixelLimits(limits));
 */
export function createImageReader(codecs: ImageCodecs, color: ColorHandling = 'srgb'): ReadImage {
  const decoders: readonly Decoder[] = [
    jpegDecoder(color),
    pngDecoder(color),
    webpDecoder(codecs.webp, color),
    gifDecoder,
  ];

  return async (bytes, contract, limits) => {
    const { kind, name } = sniff(bytes);
    if (kind === 'empty') throw new ImageError('image-empty', `no bytes arrived; send ${READABLE}`);
    const decoder = decoders.find(({ format }) => format === kind);
    if (!decoder) {
      throw new ImageError('image-unsupported', `this is ${name}; send ${READABLE} instead`, {
        details: { sent: kind },
      });
    }
    return decoder.decode(bytes, contract, { maxPixels: limits[decoder.format] });
  };
}
