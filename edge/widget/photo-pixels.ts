/**
 * A photo → the few pixels that a model sees, by the browser's own decoder and the same area average as everywhere else.
 * What is sent then is some KB instead of the photo.
 */
import { AreaAccumulator } from '@glimpse/shared/picture/area-accumulator';
import type { Target } from '@glimpse/shared/picture/cell-grid';

export interface PhotoPixels {
  /** [height, width, channels], 0-255, of the target's size. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** Of the picture itself, upright. */
  readonly width: number;
  readonly height: number;
}

/** Of the canvas that the picture is read through, so that memory does not grow with the picture's height. */
const BAND_ROWS = 256;

/**
 * @returns undefined where this browser cannot decode the picture, or hands out other pixels than those of the picture
 *   (protection against fingerprinting does that)
 */
export async function photoPixels(picture: Blob, target: Target): Promise<PhotoPixels | undefined> {
  if (!canvasIsHonest()) return undefined;
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(picture, { imageOrientation: 'from-image' });
  } catch {
    return undefined;
  }
  try {
    const { width, height } = bitmap;
    const average = new AreaAccumulator({ width, height }, target);
    const context = canvasOf(width, Math.min(height, BAND_ROWS));
    for (let top = 0; top < height; top += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, height - top);
      context.clearRect(0, 0, width, rows);
      context.drawImage(bitmap, 0, -top);
      const { data } = context.getImageData(0, 0, width, rows);
      for (let row = 0; row < rows; row++)
        average.addRow(top + row, data.subarray(row * width * 4, (row + 1) * width * 4));
    }
    return { pixels: average.finish(), width, height };
  } finally {
    bitmap.close();
  }
}

let honest: boolean | undefined;

/** Whether what is drawn comes back as it was. */
function canvasIsHonest(): boolean {
  if (honest !== undefined) return honest;
  const side = 8;
  const drawn = new Uint8ClampedArray(side * side * 4);
  for (let i = 0; i < drawn.length; i++) drawn[i] = i % 4 === 3 ? 255 : (i * 37) % 256;
  const context = canvasOf(side, side);
  context.putImageData(new ImageData(drawn, side, side), 0, 0);
  const { data } = context.getImageData(0, 0, side, side);
  honest = data.every((value, i) => value === drawn[i]);
  return honest;
}

function canvasOf(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas.getContext('2d', { willReadFrequently: true })!;
}
