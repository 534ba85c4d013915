/** Focus never gets lost: where what had it leaves the tree, it goes to something that stays. */
import type { LitElement } from 'lit';

/** @param refuge selector, within the element's shadow tree, of what is always there */
export function keepFocus(element: LitElement, refuge: string): void {
  let focused: Element | null = null;
  element.addController({
    hostUpdate() {
      focused = element.shadowRoot?.activeElement ?? null;
    },
    hostUpdated() {
      if (!focused || element.shadowRoot?.activeElement === focused) return;
      element.shadowRoot?.querySelector<HTMLElement>(refuge)?.focus({ preventScroll: true });
    },
  });
}
