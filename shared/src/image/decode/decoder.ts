/**
 * The one interface between an image's bytes and the small tensor. A decoder gets the target at once, so that one
 * which never holds the whole image can take the place of one that does.
 */
import type { InputContract } from '../input-contract.ts';

/** The formats that can be read. `sniff` names many more, to say what was sent instead. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif';

export interface Image {
  readonly format: ImageFormat;
  /** Upright size in pixels: after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** 8-bit sRGB (or gray) in the contract's size: [height, width, channels], alpha on white. */
  readonly pixels: Uint8Array;
}

export interface ImageLimits {
  /** Most pixels (width x height) that a header may declare. */
  readonly maxPixels: number;
}

export interface Decoder {
  readonly format: ImageFormat;
  /** @throws {ImageError} image-undecodable, image-too-many-pixels */
  decode(bytes: Uint8Array, target: InputContract, limits: ImageLimits): Promise<Image>;
}
