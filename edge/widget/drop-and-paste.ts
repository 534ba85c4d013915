/** Images that the user drops on the widget or pastes into the page. */

/** Filters by media type. A file without a type may be an image; the Worker decides. */
export function imagesIn(files: Iterable<File>): File[] {
  return [...files].filter(({ type }) => type === '' || type.startsWith('image/'));
}

/** Whether a drag contains files. The browser reveals which ones only when they are dropped. */
export function containsFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') ?? false;
}

interface PasteTarget {
  /** @returns whether it accepted them */
  pasted(files: Iterable<File>): boolean;
}

/** If nothing on the page has the focus, the first of these gets the paste: the widget that was used last. */
const targets: (PasteTarget & Node)[] = [];

function onPaste(event: ClipboardEvent): void {
  // A focused widget or text field receives the event itself.
  const focused = document.activeElement;
  const unfocused = focused === null || focused === document.body || focused === document.documentElement;
  const files = event.clipboardData?.files;
  if (event.defaultPrevented || !unfocused || !files?.length) return;
  if (targets[0]?.pasted(files)) event.preventDefault();
}

export function listenForPaste(target: PasteTarget & Node): void {
  if (targets.length === 0) document.addEventListener('paste', onPaste);
  if (!targets.includes(target)) targets.push(target);
}

/** Moves the widget that the user interacted with to the front. */
export function preferForPaste(target: PasteTarget & Node): void {
  const index = targets.indexOf(target);
  if (index > 0) targets.unshift(...targets.splice(index, 1));
}

export function stopListeningForPaste(target: PasteTarget & Node): void {
  const index = targets.indexOf(target);
  if (index >= 0) targets.splice(index, 1);
  if (targets.length === 0) document.removeEventListener('paste', onPaste);
}
