/** SVG charts by Observable Plot, drawn without a browser. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** SVG colors. In the report they are CSS variables, which follow the reader's light or dark mode. */
export interface Palette {
  readonly ink: string;
  readonly paper: string;
  readonly training: string;
  readonly validation: string;
}

export const pagePalette: Palette = {
  ink: 'var(--ink)',
  paper: 'none',
  training: 'var(--blue)',
  validation: 'var(--orange)',
};

/** For image files, which may be shown on any background and so have their own. */
export const filePalette: Palette = { ink: '#222222', paper: '#ffffff', training: '#0b62a8', validation: '#b84300' };

export interface Chart {
  /** Unique in the page. */
  readonly id: string;
  /** The name and the description that a screen reader reads in place of the chart. */
  readonly title: string;
  readonly description: string;
  readonly options: Plot.PlotOptions;
}

/** The text stays readable on a phone, and two charts fit side by side on a desktop. */
const WIDTH = 380;
const HEIGHT = 270;
/** PNG files are drawn with Lato. */
const FONT = 'Lato, system-ui, sans-serif';

/** @returns one `<svg>` element, which is also a complete SVG file */
export function drawChart({ id, title, description, options }: Chart, { ink, paper }: Palette): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    marginTop: 36,
    marginLeft: 48,
    marginBottom: 40,
    // The report's CSP forbids style attributes, and SVG readers other than browsers support few styles.
    className: 'chart',
    ...options,
  });
  svg.querySelector('style')?.remove();
  // To a screen reader the chart is one image: labels of its parts would be read in addition to the description.
  for (const part of svg.querySelectorAll('[aria-label], [aria-hidden]')) {
    part.removeAttribute('aria-label');
    part.removeAttribute('aria-hidden');
  }
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    role: 'img',
    'aria-labelledby': `${id}-title ${id}-desc`,
    'font-family': FONT,
    'font-size': '12',
    fill: ink,
    color: ink,
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  const background = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ width: WIDTH, height: HEIGHT, fill: paper })) {
    background.setAttribute(name, String(value));
  }
  const texts = Object.entries({ title, desc: description }).map(([name, text]) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    element.id = `${id}-${name}`;
    element.textContent = text;
    return element;
  });
  svg.prepend(...texts, background);
  return svg.outerHTML;
}
