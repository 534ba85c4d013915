/** /embed: the options of the widget, with a preview and the HTML to copy. */
import { showSnippet } from './snippet-tabs.ts';
import { type Attributes, frameSnippet, scriptSnippet } from './snippets.ts';

const form = document.querySelector('form')!;
const widget = { path: document.body.dataset.widget!, integrity: document.body.dataset.integrity! };

function show(): void {
  const data = new FormData(form);
  const key = String(data.get('key') ?? '').trim();
  const attributes: Attributes = Object.fromEntries(
    ['model', 'top-k', 'lang', 'mode', 'capture', 'feedback'].map((name) => {
      const value = data.get(name);
      if (name === 'capture' || name === 'feedback') return [name, value !== null];
      // 5 is the endpoint's default.
      return [name, name === 'top-k' && value === '5' ? '' : String(value ?? '').trim()];
    }),
  );
  const tag: Attributes = { 'api-key': key, ...attributes };
  showSnippet(document.getElementById('script')!, scriptSnippet(location.origin, widget, tag));
  showSnippet(
    document.getElementById('frame')!,
    frameSnippet(location.origin, { key, ...attributes }, 'Image classifier'),
  );
  const preview = document.createElement('glimpse-classify');
  for (const [name, value] of Object.entries(tag)) {
    if (value !== '' && value !== false) preview.setAttribute(name, value === true ? '' : String(value));
  }
  document.getElementById('stage')!.replaceChildren(preview);
}

async function offerModels(): Promise<void> {
  const { models } = (await (await fetch('/v1/models')).json()) as { models?: readonly { readonly name: string }[] };
  const select = form.elements.namedItem('model') as HTMLSelectElement;
  for (const { name } of models ?? []) select.append(new Option(name, name));
}

form.addEventListener('input', show);
form.addEventListener('submit', (event) => event.preventDefault());
show();
// If the models cannot be listed, the default remains selectable.
offerModels().catch(() => {});
