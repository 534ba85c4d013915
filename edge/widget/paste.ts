/**
 * An image pasted into the page while nothing in particular has the focus. Of several widgets the one that was used
 * last takes it, or the first on the page.
 */

interface PasteTarget {
  /** @returns whether it took them */
  pasted(files: Iterable<File>): boolean;
}

const targets: (PasteTarget & Node)[] = [];

function onPaste(event: ClipboardEvent): void {
  // With the focus inside a widget it gets the event itself; with the focus in a field the field does.
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

/** Puts the widget that somebody just used in front. */
export function preferForPaste(target: PasteTarget & Node): void {
  const at = targets.indexOf(target);
  if (at > 0) targets.unshift(...targets.splice(at, 1));
}

export function stopListeningForPaste(target: PasteTarget & Node): void {
  const at = targets.indexOf(target);
  if (at >= 0) targets.splice(at, 1);
  if (targets.length === 0) document.removeEventListener('paste', onPaste);
}
