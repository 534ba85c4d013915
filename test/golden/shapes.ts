/** The image folder that the golden run was trained on. Not stored: the same 60 images are drawn again, pixel by pixel. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const SIDE = 16;
const IMAGES_PER_CLASS = 20;

/** Whether the pixel at (x, y), measured from the center of the shape, lies inside a shape of this radius. */
const shapes: Readonly<Record<string, (x: number, y: number, radius: number) => boolean>> = {
  circle: (x, y, radius) => x * x + y * y <= radius * radius,
  cross: (x, y, radius) => Math.min(Math.abs(x), Math.abs(y)) <= 1 && Math.max(Math.abs(x), Math.abs(y)) <= radius,
  square: (x, y, radius) => Math.max(Math.abs(x), Math.abs(y)) <= radius,
};

/** Writes `<folder>/<class>/<number>.png`. The golden files depend on every pixel, so this must never change. */
export async function writeShapes(folder: string): Promise<void> {
  let state = 1;
  // A linear congruential generator (Numerical Recipes): the same numbers on every machine.
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (const [label, isInside] of Object.entries(shapes)) {
    await mkdir(join(folder, label), { recursive: true });
    for (let number = 0; number < IMAGES_PER_CLASS; number++) {
      const [centerX, centerY, radius] = [6 + random(4), 6 + random(4), 3 + random(3)];
      const [ink, paper] = [128 + random(100), random(100)];
      const pixels = new Uint8Array(SIDE * SIDE * 3);
      for (let i = 0; i < pixels.length; i++) {
        const [x, y] = [Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE)];
        pixels[i] = (isInside(x - centerX, y - centerY, radius) ? ink : paper) + random(28);
      }
      const png = sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } }).png();
      await writeFile(join(folder, label, `${number}.png`), await png.toBuffer());
    }
  }
}
