/** The images in what somebody chose, dropped or pasted. */

/** By the type that the system gives a file; a file without one may be an image, and the Worker will say. */
export function imagesIn(files: Iterable<File>): File[] {
  return [...files].filter(({ type }) => type === '' || type.startsWith('image/'));
}

/** Whether a drag carries files at all; which ones, a page is told only when they are dropped. */
export function carriesFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') ?? false;
}
