/** What the client loads when an image is to be made smaller; `resize` for whoever wants the pixels. */
export { Releases } from './releases.ts';
export { fileOf, type Resized, resize, resizeFile, type Target } from './resize.ts';
export { classifyShrunk, shrunkFile } from './shrink.ts';
export { allFit, classifySmall, isWorthwhile } from './small.ts';
