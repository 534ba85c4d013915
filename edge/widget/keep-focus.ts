/** If the focused element is removed, the focus moves to one that is always present. */
import type { LitElement } from 'lit';

/** @param fallback selector of an element that is always in the shadow tree */
export function keepFocus(element: LitElement, fallback: string): void {
  let focused: Element | null = null;
  element.addController({
    hostUpdate() {
      focused = element.shadowRoot?.activeElement ?? null;
    },
    hostUpdated() {
      if (!focused || element.shadowRoot?.activeElement === focused) return;
      element.shadowRoot?.querySelector<HTMLElement>(fallback)?.focus({ preventScroll: true });
    },
  });
}
