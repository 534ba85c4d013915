/**
 * A big image → the few pixels that a model sees, by the browser's own decoder and the very area average that the
 * endpoint and the trainer use. Loaded only when there is something to make smaller.
 */
import { AreaAccumulator } from '@glimpse/shared/image/area-average/area-accumulator';
import type { InputContract } from '../answers.ts';
import type { Drawable } from '../image.ts';
import { isPixels } from '../pixels.ts';
import { contextOf, isHonest, pngOfCanvas } from './canvas.ts';

/** Up to here the sums of the average are exact. */
const MAX_PIXELS = 1e8;
/** Of the source, held at once: 16 MB of RGBA. */
const BAND_PIXELS = 4 * 1024 * 1024;

/** What a release eats, as far as pixels depend on it. */
export type Target = Pick<InputContract, 'height' | 'width' | 'channels' | 'fit'>;

export interface Resized {
  /** [height, width, channels], 0-255, upright. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** Of the image itself, upright. */
  readonly width: number;
  readonly height: number;
}

/**
 * @returns undefined where this browser cannot read the image, or does not let a page see what a canvas holds
 * (protection against fingerprinting gives noise)
 */
export function resize(source: Blob | Drawable, target: Target): Promise<Resized | undefined> {
  return source instanceof Blob ? resizeFile(source, target) : resizeDrawable(source, target);
}

/** Likewise. */
export async function resizeFile(file: Blob, target: Target): Promise<Resized | undefined> {
  if (!isHonest()) return undefined;
  const bitmap = await decoded(file);
  try {
    return bitmap && averageDrawn(bitmap, bitmap, target);
  } finally {
    bitmap?.close();
  }
}

async function resizeDrawable(drawable: Drawable, target: Target): Promise<Resized | undefined> {
  if (isPixels(drawable)) return average(drawable, target, (y, rows) => rowsOf(drawable, y, rows));
  return isHonest() ? averageDrawn(drawable, sizeOf(drawable), target) : undefined;
}

/** Upright, and in sRGB once it is drawn. */
function decoded(file: Blob): Promise<ImageBitmap | undefined> {
  return createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => undefined);
}

function averageDrawn(drawable: CanvasImageSource, size: Size, target: Target): Resized | undefined {
  const { width, height } = size;
  if (!(width > 0 && height > 0 && width * height <= MAX_PIXELS)) return undefined;
  try {
    const context = contextOf(width, bandRows(size));
    return average(size, target, (y, rows) => {
      context.clearRect(0, 0, width, rows);
      context.drawImage(drawable, 0, y, width, rows, 0, 0, width, rows);
      return context.getImageData(0, 0, width, rows).data;
    });
  } catch {
    // A canvas that another origin has drawn on, or an image larger than a canvas may be.
    return undefined;
  }
}

/** As a PNG, in which every pixel stays as it is: for a form, where images are files. */
export async function pngOf(pixels: Uint8Array, { height, width, channels }: Target): Promise<Blob> {
  const rgba = new Uint8ClampedArray(height * width * 4).fill(255);
  for (let i = 0; i < height * width; i++) {
    for (let channel = 0; channel < 3; channel++) {
      rgba[i * 4 + channel] = pixels[i * channels + (channels === 3 ? channel : 0)]!;
    }
  }
  const context = contextOf(width, height);
  context.putImageData(new ImageData(rgba, width, height), 0, 0);
  return pngOfCanvas(context);
}

/** Whole, for whoever wants it sent as it is. @returns undefined where a page may not see it */
export async function fileOf(drawable: Drawable): Promise<Blob | undefined> {
  try {
    const { width, height } = sizeOf(drawable);
    const context = contextOf(width, height);
    if (isPixels(drawable)) context.putImageData(drawable, 0, 0);
    else context.drawImage(drawable, 0, 0);
    return await pngOfCanvas(context);
  } catch {
    return undefined;
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** In its own pixels, however large a page shows it. */
function sizeOf(drawable: Drawable): Size {
  const { naturalWidth, naturalHeight, videoWidth, videoHeight, displayWidth, displayHeight, width, height } =
    drawable as Partial<HTMLImageElement & HTMLVideoElement & VideoFrame>;
  return {
    width: naturalWidth ?? videoWidth ?? displayWidth ?? width ?? 0,
    height: naturalHeight ?? videoHeight ?? displayHeight ?? height ?? 0,
  };
}

function bandRows({ width, height }: Size): number {
  return Math.max(1, Math.min(height, Math.floor(BAND_PIXELS / width)));
}

function average(size: Size, target: Target, read: (y: number, rows: number) => Uint8ClampedArray): Resized {
  const { width, height } = size;
  const sums = new AreaAccumulator({ width, height }, target);
  const rows = bandRows(size);
  for (let y = 0; y < height; y += rows) {
    const count = Math.min(rows, height - y);
    const rgba = read(y, count);
    for (let i = 0; i < count; i++) sums.addRow(y + i, rgba.subarray(i * width * 4, (i + 1) * width * 4));
  }
  return { pixels: sums.finish(), width, height };
}

function rowsOf({ data, width }: ImageData, y: number, rows: number): Uint8ClampedArray {
  return data.subarray(y * width * 4, (y + rows) * width * 4) as Uint8ClampedArray;
}
