/** SVG charts by Observable Plot, drawn without a browser. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** Colors as SVG knows them; in the report they are CSS variables, which follow the reader's light or dark mode. */
export interface Palette {
  readonly ink: string;
  readonly paper: string;
  readonly training: string;
  readonly validation: string;
}

export const paletteOfPage: Palette = {
  ink: 'var(--ink)',
  paper: 'none',
  training: 'var(--blue)',
  validation: 'var(--orange)',
};

/** For files, which are shown on paper of any color: they bring their own. */
export const paletteOfFile: Palette = { ink: '#222222', paper: '#ffffff', training: '#0b62a8', validation: '#b84300' };

export interface Chart {
  /** Unique in its page. */
  readonly id: string;
  /** What a listener hears in place of the image: its name, and what it shows. */
  readonly title: string;
  readonly description: string;
  readonly options: Plot.PlotOptions;
}

/** Wide enough for a phone to show the text at about its size, and two beside each other on a desk. */
const WIDTH = 380;
const HEIGHT = 270;
/** Lato is what a PNG is drawn with. */
const FONT = 'Lato, system-ui, sans-serif';

/** @returns one `<svg>` element, which is a whole SVG file too */
export function drawChart({ id, title, description, options }: Chart, { ink, paper }: Palette): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    marginTop: 36,
    marginLeft: 48,
    marginBottom: 40,
    // The report's policy allows no style attributes, and SVG readers outside of browsers know few styles.
    className: 'chart',
    ...options,
  });
  svg.querySelector('style')?.remove();
  // An image is one thing to a listener: the parts' own labels would be read beside the description.
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
