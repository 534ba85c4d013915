/** The bytes of an image file → the pixels that a model takes as input. Trainer, Worker and tests all call this. */
import type { ColorHandling } from './color/color-transform.ts';
import type { Decoder, Image } from './decode/decoder.ts';
import { WorkMeter } from './decode/work-meter.ts';
import { decoders, type ImageCodecs } from './decoders.ts';
import { type ImageFormat, listFormats } from './formats.ts';
import { ImageError } from './image-error.ts';
import type { InputContract } from './input-contract.ts';
import { isImageFormat, sniff } from './sniff.ts';

export type { ImageCodecs } from './decoders.ts';

/** Maximum width x height that a header may declare, by format. */
export type PixelLimits = Readonly<Record<ImageFormat, number>>;

/**
 * @param work counts the work, also of an image that is refused
 * @param bytes of one file. The format is detected from the first bytes, never from a name or a declared type
 * @throws {ImageError} with any of its codes
 */
export type ReadImage = (
  bytes: Uint8Array,
  contract: InputContract,
  limits: PixelLimits,
  work?: WorkMeter,
) => Promise<Image>;

/**
 * @example
 * const readImage = createImageReader({ webp });
 * const { pixels } = await readImage(bytes, release.input, pixelLimits(limits));
 */
export function createImageReader(codecs: ImageCodecs, color: ColorHandling = 'srgb'): ReadImage {
  const made = new Map<ImageFormat, Decoder>();
  const decoderOf = (format: ImageFormat) => {
    const decoder = made.get(format) ?? decoders[format].decoder(codecs, color);
    made.set(format, decoder);
    return decoder;
  };

  return async (bytes, contract, limits, work = new WorkMeter()) => {
    const { kind, name } = sniff(bytes);
    if (kind === 'empty') throw new ImageError('image-empty', `the file is empty; send ${listFormats('or')}`);
    if (!isImageFormat(kind)) {
      throw new ImageError('image-unsupported', `this is ${name}; send ${listFormats('or')} instead`, {
        details: { sent: kind },
      });
    }
    const image = await decoderOf(kind).decode(bytes, contract, { maxPixels: limits[kind], work });
    return { format: kind, ...image };
  };
}
