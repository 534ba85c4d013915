/** Images that compress like photos: smooth gradients, edges and grain, from a seed. */
import sharp, { type JpegOptions, type Sharp } from 'sharp';

/**
 * @returns RGB pixels of the given size, ready to be encoded
 */
export function photo(width: number, height: number, seed = 1): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  let state = seed >>> 0 || 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // Xorshift: the grain of a sensor.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const grain = (state & 15) - 8;
      const wave = 60 * Math.sin(x / 97 + seed) + 40 * Math.cos(y / 61) + (((x >> 7) + (y >> 7)) & 1 ? 25 : -25);
      const at = (y * width + x) * 3;
      pixels[at] = clamp(130 + wave + grain);
      pixels[at + 1] = clamp(110 + 0.7 * wave - (y * 40) / height + grain);
      pixels[at + 2] = clamp(90 - 0.5 * wave + (x * 60) / width + grain);
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false });
}

export function jpegPhoto(width: number, height: number, options: JpegOptions = {}, seed = 1): Promise<Buffer> {
  return photo(width, height, seed).jpeg(options).toBuffer();
}

export const HUGE = { width: 12_000, height: 9_000 };

/** 108 megapixels, as in photos of some phones. */
export async function hugePhoto(quality: number): Promise<Buffer> {
  const [width, height] = [2000, 1500];
  const small = await photo(width, height).raw().toBuffer();
  return sharp(small, { raw: { width, height, channels: 3 } })
    .resize(HUGE.width, HUGE.height, { kernel: 'nearest' })
    .jpeg({ quality })
    .toBuffer();
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, value));
}
