/**
 * The interface that every format implements. A decoder gets the target from the start, so that it need not hold the whole
 * image in memory.
 */
import type { ImageFormat } from '../formats.ts';
import type { InputContract } from '../input-contract.ts';
import type { WorkMeter } from './work-meter.ts';

export interface DecodedImage {
  /** Upright size in pixels: after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** 8-bit sRGB (or gray) in the contract's size: [height, width, channels], transparency on white. */
  readonly pixels: Uint8Array;
}

export interface Image extends DecodedImage {
  readonly format: ImageFormat;
}

export interface ImageLimits {
  /** Maximum width x height that a header may declare. */
  readonly maxPixels: number;
  /** Counts the work, also of an image that is refused. */
  readonly work?: WorkMeter;
}

export interface Decoder {
  /** @throws {ImageError} image-undecodable, image-too-many-pixels */
  decode(bytes: Uint8Array, target: InputContract, limits: ImageLimits): Promise<DecodedImage>;
}
