/**
 * Shows an image in a canvas. An `img` would need an object URL, which somebody has to release, and `img-src blob:` in
 * the page's Content-Security-Policy; a canvas needs neither.
 */

/** Longest side, in the canvas' own pixels: sharp at the widget's size on a dense screen. */
const LONGEST = 640;

/** @returns false where the browser cannot show the image; whether the Worker can read it, is another matter */
export async function drawPreview(canvas: HTMLCanvasElement, image: Blob, isWanted: () => boolean) {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(image, { imageOrientation: 'from-image' });
  } catch {
    return false;
  }
  try {
    if (!isWanted()) return false;
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
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

/** Gives the pixels back. */
export function clearPreview(canvas: HTMLCanvasElement): void {
  canvas.width = 0;
  canvas.height = 0;
}
