/** Snippets as tabs (WAI-ARIA's pattern: arrow keys switch, Tab leaves), each with a copy button. */
import type { Snippet } from './snippets.ts';

/**
 * @param place element whose content is replaced
 * @param name accessible name of the tab list
 */
export function showSnippets(place: HTMLElement, name: string, snippets: readonly Snippet[]): void {
  const list = document.createElement('div');
  list.role = 'tablist';
  list.ariaLabel = name;
  const panel = document.createElement('div');
  panel.id = `${place.id}-panel`;
  panel.role = 'tabpanel';
  const code = document.createElement('pre');
  // A scrollable box must be reachable by keyboard.
  code.tabIndex = 0;
  panel.append(
    code,
    copyButton(() => code.textContent ?? ''),
  );

  const tabs = snippets.map((snippet, index) => {
    const tab = document.createElement('button');
    tab.type = 'button';
    tab.role = 'tab';
    tab.id = `${place.id}-tab-${index}`;
    tab.textContent = snippet.name;
    tab.setAttribute('aria-controls', panel.id);
    tab.addEventListener('click', () => select(index));
    return tab;
  });
  const select = (chosen: number) => {
    for (const [index, tab] of tabs.entries()) {
      tab.ariaSelected = String(index === chosen);
      tab.tabIndex = index === chosen ? 0 : -1;
    }
    code.textContent = snippets[chosen]!.text;
    panel.setAttribute('aria-labelledby', tabs[chosen]!.id);
  };
  list.addEventListener('keydown', ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step === undefined) return;
    const next = (tabs.findIndex(({ tabIndex }) => tabIndex === 0) + step + tabs.length) % tabs.length;
    select(next);
    tabs[next]!.focus();
  });
  select(0);
  list.append(...tabs);
  place.replaceChildren(list, panel);
}

/** One snippet, without tabs. */
export function showSnippet(place: HTMLElement, text: string): void {
  const code = document.createElement('pre');
  code.tabIndex = 0;
  code.textContent = text;
  place.replaceChildren(
    code,
    copyButton(() => text),
  );
}

function copyButton(text: () => string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Copy failed: select the text';
    }
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 2000);
  });
  return button;
}
