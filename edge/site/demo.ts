/** The demo at `/`: samples, timing, what the model knows, and lines to copy, around the widget. */
import type { Manifest } from '@glimpse/shared/release/manifest';
import { factsOf } from './model-facts.ts';
import { showSnippets } from './snippet-tabs.ts';
import { apiSnippets } from './snippets.ts';
import { type MeasuredCall, timingOf } from './timing.ts';

const byId = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;

const widget = byId<HTMLElement & { classify(image: Blob): Promise<void> }>('widget');
// On an endpoint that wants keys: /?key=… with a publishable one.
const key = new URL(location.href).searchParams.get('key');
if (key) widget.setAttribute('key', key);

showSnippets(byId('snippets'), 'Languages', apiSnippets(location.origin));
showSamples();
watchMode();
void showModel();

function showSamples(): void {
  for (const button of byId('samples').querySelectorAll('button')) {
    button.addEventListener('click', async () => {
      const { src, alt } = button.querySelector('img')!;
      const image = await (await fetch(src)).blob();
      await widget.classify(new File([image], `${alt}.png`, { type: image.type }));
    });
  }
}

function watchMode(): void {
  for (const radio of document.querySelectorAll<HTMLInputElement>('input[name=mode]')) {
    radio.addEventListener('change', () => {
      byId('fallback').textContent = '';
      widget.setAttribute('mode', radio.value);
    });
  }
  widget.addEventListener('glimpse-fallback', ({ detail }) => {
    byId('fallback').textContent = `This browser cannot compute it here, so the edge did. ${detail.reason}`;
  });
}

/** The call that was last made, as the browser measured it. */
let lastCall: MeasuredCall | undefined;
new PerformanceObserver((list) => {
  const calls = list.getEntriesByType('resource') as PerformanceResourceTiming[];
  const call = calls.findLast(({ name }) => name.includes('/v1/classify'));
  if (!call) return;
  lastCall = call;
  showTiming(timingRows(call));
}).observe({ type: 'resource' });

widget.addEventListener('glimpse-result', ({ detail }) => {
  if (detail.source === 'device') showTiming([['on this device', detail.milliseconds]]);
  else if (lastCall) showTiming(timingRows(lastCall));
});

function timingRows(call: MeasuredCall): [string, number][] {
  const { decode, infer, wait, network, total } = timingOf(call);
  return [
    ['decode', decode],
    ['infer', infer],
    ['waiting', wait],
    ['network', network],
    ['total', total],
  ];
}

function showTiming(rows: readonly (readonly [string, number])[]): void {
  const format = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
  byId('timing').replaceChildren(...rows.map(([name, ms]) => fact(name, `${format.format(ms)} ms`)));
  byId('timing').hidden = false;
  byId('timing-hint').textContent =
    'A deployed Worker’s clock stands still while it computes; there, decode and infer read 0.';
}

async function showModel(): Promise<void> {
  const state = byId('model-state');
  try {
    const headers: HeadersInit = key ? { Authorization: `Bearer ${key}` } : {};
    const ask = async (path: string) => {
      const response = await fetch(path, { headers });
      const body = await response.json();
      if (!response.ok) throw new Error(body.detail);
      return body;
    };
    const { default: name } = await ask('/v1/models');
    const { release } = (await ask(`/v1/models/${name}`)) as { release: Manifest | null };
    if (!release) throw new Error(`The model ${name} has no release yet.`);
    state.textContent = `${name}, the model that answers where none is named.`;
    byId('labels').replaceChildren(...release.labels.map((label) => element('li', label)));
    byId('facts').replaceChildren(...factsOf(release).map(([term, value]) => fact(term, value)));
    byId('card').hidden = false;
  } catch (error) {
    state.textContent = `The endpoint does not say: ${(error as Error).message}`;
  }
}

function fact(term: string, value: string): HTMLElement {
  const row = document.createElement('div');
  row.append(element('dt', term), element('dd', value));
  return row;
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
