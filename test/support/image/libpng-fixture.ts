/** Decodes a PNG with libpng, through sharp. */
import sharp from 'sharp';

/** 8-bit RGBA; 16 bits are rounded. */
export async function byLibpng(bytes: Uint8Array, depth: number): Promise<Uint8Array> {
  const decoder = sharp(bytes).ensureAlpha();
  if (depth < 16) return decoder.toColourspace('srgb').raw().toBuffer();
  const raw = await decoder.toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
  const samples = new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2);
  return Uint8Array.from(samples, (value) => Math.round(value / 257));
}
