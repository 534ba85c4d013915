/**
 * Shows an image in a canvas. An `img` would need an object URL, which must be revoked, and `img-src blob:` in the page's
 * Content-Security-Policy.
 */

/** Longest side in canvas pixels: sharp at the widget's size on a high-density screen. */
const MAX_SIDE = 640;

/** @returns false if the browser cannot decode the image; the Worker may still be able to */
export async function drawPreview(canvas: HTMLCanvasElement, image: Blob, isCurrent: () => boolean) {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(image, { imageOrientation: 'from-image' });
  } catch {
    return false;
  }
  try {
    if (!isCurrent()) return false;
    const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const context = canvas.getContext('2d');
    if (!context) return false;
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return true;
  } finally {
    bitmap.close();
  }
}

/** Frees the pixels. */
export function clearPreview(canvas: HTMLCanvasElement): void {
  canvas.width = 0;
  canvas.height = 0;
}
