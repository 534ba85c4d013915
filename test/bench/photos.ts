/** The images that decoding is measured on. */
import { hugePhoto, jpegPhoto, photo } from '../images/photo.ts';

export interface Photo {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** A codec that holds the whole image would take more memory than WebAssembly has. */
  readonly huge: boolean;
}

/** A phone's 12 megapixels. */
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

/** Made when it is their turn, so that not all are held at once. */
export async function* photos(): AsyncGenerator<Photo> {
  for (const [name, make] of Object.entries(makers)) yield { name, bytes: new Uint8Array(await make()), huge: false };
  yield { name: 'JPEG 108 MP, quality 75', bytes: new Uint8Array(await hugePhoto(75)), huge: true };
}
