/** What the client loads when it resizes an image. `resize` is public. */
export { allMatch, classifyPixels, classifyResized, isWorthResizing, resizedFile } from './classify-resized.ts';
export { Releases } from './releases.ts';
export { pngOfDrawable, type Resized, resize, resizeFile, type Target } from './resize.ts';
