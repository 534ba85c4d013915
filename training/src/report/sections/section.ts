/**
 * What a section of the report is, and the HTML and number formats that sections share. All text goes through `html`,
 * which escapes it: labels and paths come from the user's data.
 */
import { html, raw } from 'hono/html';
import type { ReportContent } from '../content.ts';

export type Html = ReturnType<typeof html>;

/** To add one: a file that exports a `Section`, and its entry in the list in page.ts. */
export interface Section {
  /** Anchor of the heading, unique in the page. */
  readonly id: string;
  /** Shown as the heading and in the navigation. */
  readonly title: string;
  body(content: ReportContent): Html | Html[];
}

export interface Column {
  readonly name: string;
  /** Right-aligned. */
  readonly number?: boolean;
}

/** The first cell of a row is its header. A table wider than the screen scrolls, also by keyboard. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly (string | Html)[])[],
): Html {
  const kind = ({ number }: Column) => (number ? 'number' : 'text');
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col" class="${kind(column)}">${column.name}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first, ...cells]) =>
      html`<tr><th scope="row">${first}</th>${cells.map((cell, i) => html`<td class="${kind(columns[i + 1]!)}">${cell}</td>`)}</tr>\n`,
  )}</tbody></table></div>`;
}

/** A chart with its numbers below in a collapsed table. */
export function chartFigure(svg: string, caption: string | Html, numbers: Html): Html {
  return html`<figure>${raw(svg)}<figcaption>${caption}</figcaption><details><summary>Show the numbers</summary>${numbers}</details></figure>`;
}

/** Isolates a label or path, so that right-to-left text does not reorder the text around it. */
export function isolated(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}
