/** A canvas, in a window or a worker, and whether what is read from it is what was drawn. */

export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/**
 * Read again and again, so kept where reading is cheap.
 *
 * @throws {Error} where the browser has no canvas of that size
 */
export function contextOf(width: number, height: number): Context {
  const canvas =
    typeof OffscreenCanvas === 'function'
      ? new OffscreenCanvas(width, height)
      : Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true }) as Context | null;
  if (!context) throw new Error('There is no canvas to draw on.');
  return context;
}

/** @throws {Error} where the browser does not make one of it */
export function pngOfCanvas({ canvas }: Context): Promise<Blob> {
  if ('convertToBlob' in canvas) return canvas.convertToBlob();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The canvas gives no PNG.'))));
  });
}

let honest: boolean | undefined;

/**
 * Browsers that protect against fingerprinting give noise, or white, instead of what a canvas holds. Then an image is
 * better sent as it is. Checked once a page.
 */
export function isHonest(): boolean {
  honest ??= check();
  return honest;
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
