/** Images for tests, made by sharp, which shares no code with the decoders under test. */
import sharp from 'sharp';

export function png(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  return encode(width, height, 'png');
}

export function jpeg(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  return encode(width, height, 'jpeg');
}

/** A single color: a few kilobytes that take as long to decode as a photo of the same size. */
export async function flatPng(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const image = sharp({ create: { width, height, channels: 3, background: '#4060a0' } });
  return new Uint8Array(await image.png({ compressionLevel: 9 }).toBuffer());
}

async function encode(width: number, height: number, format: 'png' | 'jpeg'): Promise<Uint8Array<ArrayBuffer>> {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 7 + (index >> 5) * 13) & 255);
  const buffer = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
  return new Uint8Array(buffer);
}
