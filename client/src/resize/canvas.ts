/** A canvas in a window or a worker, and a check that it returns the pixels that were drawn. */

export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** @throws {Error} if the browser cannot make a canvas of that size */
export function contextOf(width: number, height: number): Context {
  const canvas =
    typeof OffscreenCanvas === 'function'
      ? new OffscreenCanvas(width, height)
      : Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true }) as Context | null;
  if (!context) throw new Error('This browser cannot create a canvas.');
  return context;
}

/** @throws {Error} if the browser cannot encode it */
export function pngOfCanvas({ canvas }: Context): Promise<Blob> {
  if ('convertToBlob' in canvas) return canvas.convertToBlob();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The canvas cannot be encoded as PNG.'))));
  });
}

let readable: boolean | undefined;

/**
 * Browsers with fingerprinting protection return noise or white instead of the canvas' pixels. Images are then sent as
 * they are. Checked once per page.
 */
export function isCanvasReadable(): boolean {
  readable ??= check();
  return readable;
}

const SIDE = 16;

function check(): boolean {
  try {
    const context = contextOf(SIDE, SIDE);
    const drawn = Uint8ClampedArray.from({ length: SIDE * SIDE * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 73) % 256));
    context.putImageData(new ImageData(drawn, SIDE, SIDE), 0, 0);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    return drawn.every((value, i) => data[i] === value);
  } catch {
    return false;
  }
}
