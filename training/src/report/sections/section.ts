/** Parts that several sections are made of. Every text goes through `html`, which escapes it: labels and paths are foreign. */
import { html, raw } from 'hono/html';

export type Html = ReturnType<typeof html>;

export function section(id: string, title: string, ...body: Html[]): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`;
}

export interface Column {
  readonly name: string;
  /** Numbers stand right-aligned. */
  readonly number?: boolean;
}

/** The first cell of a row is its header. Where it is wider than the screen, the table scrolls and can be reached by keyboard. */
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

/** A chart with its numbers beneath, folded away. */
export function chartFigure(svg: string, caption: string | Html, numbers: Html): Html {
  return html`<figure>${raw(svg)}<figcaption>${caption}</figcaption><details><summary>The numbers</summary>${numbers}</details></figure>`;
}

/** A label or path may be in any script: it must not turn around the text beside it. */
export function foreign(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}
