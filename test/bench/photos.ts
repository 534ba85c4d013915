/** The images for the decoding benchmark. */
import { hugePhoto, jpegPhoto, photo } from '../images/photo.ts';

export interface Photo {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Too large for codecs that hold the whole image in WebAssembly memory. */
  readonly huge: boolean;
}

/** 12 megapixels, as from a phone. */
const PHONE = [4032, 3024] as const;

const makers: Record<string, () => Promise<Buffer>> = {
  'JPEG 12 MP, quality 75': () => jpegPhoto(...PHONE, { quality: 75 }),
  'JPEG 12 MP, quality 92': () => jpegPhoto(...PHONE, { quality: 92 }),
  'JPEG 12 MP, progressive': () => jpegPhoto(...PHONE, { quality: 75, progressive: true }),
  'JPEG 2 MP': () => jpegPhoto(1600, 1200, { quality: 80 }),
  'JPEG 640 x 480': () => jpegPhoto(640, 480, { quality: 80 }),
  'PNG 12 MP': () =>
    photo(...PHONE)
      .png({ compressionLevel: 6 })
      .toBuffer(),
  'WebP 12 MP': () =>
    photo(...PHONE)
      .webp({ quality: 75 })
      .toBuffer(),
};

/** Generated on demand, so that not all images are in memory at once. */
export async function* photos(): AsyncGenerator<Photo> {
  for (const [name, make] of Object.entries(makers)) yield { name, bytes: new Uint8Array(await make()), huge: false };
  yield { name: 'JPEG 108 MP, quality 75', bytes: new Uint8Array(await hugePhoto(75)), huge: true };
}
