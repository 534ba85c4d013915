/** The demo page at `/`: the widget with samples, timing, facts about the model, and code to copy. */
import type { Manifest } from '@glimpse/shared/release/manifest';
// Only types: the page loads the widget as a module of its own.
import type {} from '../widget/events.ts';
import type {} from '../widget/glimpse-classify.ts';
import { showSnippets } from './snippet-tabs.ts';
import { apiSnippets } from './snippets.ts';
import { type MeasuredCall, timingOf } from './timing.ts';

const byId = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;

const widget = byId<HTMLElement & { classify(image: Blob): Promise<void> }>('widget');
// If the endpoint requires a key: /?key=… with a publishable one.
const key = new URL(location.href).searchParams.get('key');
if (key) widget.setAttribute('api-key', key);

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
    byId('fallback').textContent = `The model cannot run in this browser, so the edge answered. ${detail.reason}`;
  });
}

/** The browser's measurement of the last call. */
let lastCall: MeasuredCall | undefined;
new PerformanceObserver((list) => {
  const calls = list.getEntriesByType('resource') as PerformanceResourceTiming[];
  const call = calls.findLast(({ name }) => name.includes('/v1/classify'));
  if (!call) return;
  lastCall = call;
  showTiming(timingRows(call));
}).observe({ type: 'resource' });

widget.addEventListener('glimpse-result', ({ detail }) => {
  if (detail.source === 'device') showTiming([['in this browser', detail.milliseconds]]);
  else if (lastCall) showTiming(timingRows(lastCall));
});

// The previous image's times say nothing about the image that failed.
widget.addEventListener('glimpse-error', () => {
  byId('timing').hidden = true;
  byId('timing-hint').textContent = '';
});

function timingRows(call: MeasuredCall): [string, number][] {
  const { decode, infer, other, network, total } = timingOf(call);
  return [
    ['decode', decode],
    ['infer', infer],
    ['other', other],
    ['network', network],
    ['total', total],
  ];
}

function showTiming(rows: readonly (readonly [string, number])[]): void {
  const format = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
  byId('timing').replaceChildren(...rows.map(([name, ms]) => fact(name, `${format.format(ms)} ms`)));
  byId('timing').hidden = false;
  byId('timing-hint').textContent =
    'On Cloudflare, a Worker’s clock stops while it computes, so decode and infer are 0 there.';
}

async function showModel(): Promise<void> {
  const state = byId('model-state');
  try {
    const headers: HeadersInit = key ? { Authorization: `Bearer ${key}` } : {};
    const getJson = async (path: string) => {
      const response = await fetch(path, { headers });
      const body = await response.json();
      if (!response.ok) throw new Error(body.detail);
      return body;
    };
    const { default: name } = await getJson('/v1/models');
    const { release } = (await getJson(`/v1/models/${name}`)) as { release: Manifest | null };
    if (!release) throw new Error(`The model ${name} has no stable release.`);
    state.textContent = `${name}, the default model.`;
    byId('labels').replaceChildren(...release.labels.map((label) => element('li', label)));
    byId('facts').replaceChildren(...factsOf(release).map(([term, value]) => fact(term, value)));
    byId('card').hidden = false;
  } catch (error) {
    state.textContent = `The model could not be loaded: ${(error as Error).message}`;
  }
}

/** The facts of a release for people. */
function factsOf(manifest: Manifest): [name: string, value: string][] {
  const { architecture, data, input, metrics, run } = manifest;
  const measured = metrics.quantized;
  const integer = new Intl.NumberFormat('en');
  const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
  const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 2 });
  return [
    ['Version', manifest.version],
    ['Accuracy', `${percent.format(measured.accuracy)} of ${integer.format(measured.pictures)} test images`],
    ['Network', `${architecture.name}, ${compact.format(architecture.parameters)} parameters`],
    ['Multiply-adds per image', compact.format(architecture.multiplyAdds)],
    ['Trained on', `${data.name}, ${integer.format(data.train)} images`],
    ['Input', `${input.width} × ${input.height} pixels, ${input.channels === 3 ? 'color' : 'grayscale'}`],
    ['Weights', manifest.quantization],
    ['Trained', run.endedAt.slice(0, 10)],
  ];
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
