/** Encoders and limits of every image format, for tests. A new format without an encoder here does not compile. */
import { type ImageFormat, imageFormats } from '@glimpse/shared/image/formats';
import type { Sharp } from 'sharp';

const encoders: Readonly<Record<ImageFormat, (image: Sharp) => Promise<Buffer>>> = {
  jpeg: (image) => image.jpeg().toBuffer(),
  png: (image) => image.png().toBuffer(),
  webp: (image) => image.webp().toBuffer(),
  gif: (image) => image.gif().toBuffer(),
};

export async function encode(format: ImageFormat, image: Sharp): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await encoders[format](image));
}

/** The same limit for every format. */
export function samePixelLimit(maxPixels: number): Record<ImageFormat, number> {
  return Object.fromEntries(imageFormats.map((format) => [format, maxPixels])) as Record<ImageFormat, number>;
}
