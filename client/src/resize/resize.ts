/**
 * Resizes an image to the pixels that a model sees, with the browser's decoder and the area average that the endpoint
 * and the trainer use. Loaded only when an image is resized.
 */
import { AreaAccumulator } from '@glimpse/shared/image/area-average/area-accumulator';
import type { InputContract } from '../answers.ts';
import { type Drawable, isPixels } from '../image.ts';
import { contextOf, isCanvasReadable, pngOfCanvas } from './canvas.ts';

/** The sums of the average are exact up to this size. */
const MAX_PIXELS = 1e8;
/** Source pixels in memory at a time: 16 MB of RGBA. */
const BAND_PIXELS = 4 * 1024 * 1024;

/** The part of a release's input contract that the pixels depend on. */
export type Target = Pick<InputContract, 'height' | 'width' | 'channels' | 'fit'>;

export interface Resized {
  /** [height, width, channels], 0-255, upright. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** Size of the source image, upright. */
  readonly width: number;
  readonly height: number;
}

/**
 * @returns undefined if this browser cannot decode the image or does not let the page read the canvas (fingerprinting
 *   protection returns noise)
 */
export function resize(source: Blob | Drawable, target: Target): Promise<Resized | undefined> {
  return source instanceof Blob ? resizeFile(source, target) : resizeDrawable(source, target);
}

/** `resize` for files only. The widget imports this, to leave out the rest. */
export async function resizeFile(file: Blob, target: Target): Promise<Resized | undefined> {
  if (!isCanvasReadable()) return undefined;
  const bitmap = await decoded(file);
  try {
    return bitmap && averageDrawn(bitmap, bitmap, target);
  } finally {
    bitmap?.close();
  }
}

async function resizeDrawable(drawable: Drawable, target: Target): Promise<Resized | undefined> {
  if (isPixels(drawable)) return average(drawable, target, (y, rows) => rowsOf(drawable, y, rows));
  return isCanvasReadable() ? averageDrawn(drawable, sizeOf(drawable), target) : undefined;
}

/** Upright; drawing converts it to sRGB. */
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
    // The image is from another origin, or larger than a canvas may be.
    return undefined;
  }
}

/** The pixels as a file, for a form. PNG is lossless. */
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

/** The original as a file. @returns undefined if the page may not read its pixels */
export async function pngOfDrawable(drawable: Drawable): Promise<Blob | undefined> {
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

/** The intrinsic size, not the size on the page. */
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
