/** Rotates pixels upright. Meant for the small image: rotating the photo itself would need its memory twice. */
import type { Orientation } from './exif-orientation.ts';

interface Turn {
  /** Rows become columns. Applied before the flips. */
  readonly transpose: boolean;
  readonly flipX: boolean;
  readonly flipY: boolean;
}

/** From stored to upright (Exif 2.32, 4.6.4.A; TIFF 6.0, p. 36). */
const turns: Readonly<Record<Orientation, Turn>> = {
  1: { transpose: false, flipX: false, flipY: false },
  2: { transpose: false, flipX: true, flipY: false },
  3: { transpose: false, flipX: true, flipY: true },
  4: { transpose: false, flipX: false, flipY: true },
  5: { transpose: true, flipX: false, flipY: false },
  6: { transpose: true, flipX: true, flipY: false },
  7: { transpose: true, flipX: true, flipY: true },
  8: { transpose: true, flipX: false, flipY: true },
};

/** The size after rotation. Converts from stored to upright and back. */
export function turnSize<Size extends { height: number; width: number }>(size: Size, orientation: Orientation): Size {
  return turns[orientation].transpose ? { ...size, height: size.width, width: size.height } : size;
}

/**
 * @param stored pixels [height, width, channels], as stored in the file
 * @param size of the stored image
 * @returns upright pixels, [width, height, channels] for orientations 5-8. The same array if it is already upright
 */
export function turnUpright(
  stored: Uint8Array,
  size: { height: number; width: number; channels: number },
  orientation: Orientation,
): Uint8Array {
  if (orientation === 1) return stored;
  const { transpose, flipX, flipY } = turns[orientation];
  const { height, width } = turnSize(size, orientation);
  const { channels } = size;
  const upright = new Uint8Array(stored.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = flipX ? width - 1 - x : x;
      const row = flipY ? height - 1 - y : y;
      const from = (transpose ? column * size.width + row : row * size.width + column) * channels;
      for (let channel = 0; channel < channels; channel++) upright[to++] = stored[from + channel]!;
    }
  }
  return upright;
}
