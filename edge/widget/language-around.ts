/** The language of an element, as HTML defines it: its own `lang`, else that of the nearest ancestor, else the user's. */
export function languageAround(element: Element): string {
  for (let at: Element | undefined = element; at; ) {
    const found: Element | null = at.closest('[lang]');
    if (found) return found.getAttribute('lang') ?? '';
    const root: Node = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : undefined;
  }
  return navigator.language;
}
