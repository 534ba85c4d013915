/** Which class is taken for which. */
import { html } from 'hono/html';
import { type Confusion, mixups } from '../../evaluate/confusion.ts';
import type { ReportContent } from '../content.ts';
import { count } from '../number-text.ts';
import { foreign, type Html, section, table } from './section.ts';

/** A matrix of more classes is too wide to read. */
const MAX_COLUMNS = 25;

export function confusionSection({ confusion, config }: ReportContent): Html {
  const { labels } = config;
  const small = labels.length <= MAX_COLUMNS;
  const frequent = mixups(confusion, small ? 8 : 50);
  return section(
    'confusion',
    'Confusion matrix',
    small
      ? html`<p>A row is a true class, a column the answer; the diagonal is right.</p>${matrix(confusion, labels)}`
      : html`<p>${labels.length} classes make too wide a matrix to read; these are its largest entries off the diagonal.</p>`,
    frequent.length === 0
      ? html`<p>No image was taken for another class.</p>`
      : table(
          'Most frequent mixups',
          [{ name: 'Truly' }, { name: 'Taken for' }, { name: 'Images', number: true }],
          frequent.map(({ truth, answer, images }) => [
            foreign(labels[truth]!),
            foreign(labels[answer]!),
            count(images),
          ]),
        ),
  );
}

function matrix(confusion: Confusion, labels: readonly string[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Images by true class and answer"><table class="matrix">
<caption>Images by true class (row) and answer (column)</caption>
<thead><tr><td></td>${labels.map((label) => html`<th scope="col">${foreign(label)}</th>`)}</tr></thead>
<tbody>${confusion.map((row, truth) => {
    const support = row.reduce((total, images) => total + images, 0);
    const cells = row.map((images, answer) => {
      const kind = truth === answer ? 'right' : 'wrong';
      return html`<td class="${kind} shade-${shade(images / support)}">${count(images)}</td>`;
    });
    return html`<tr><th scope="row">${foreign(labels[truth]!)}</th>${cells}</tr>\n`;
  })}</tbody></table></div>`;
}

/** 0 … 10 for a share of the row. */
function shade(share: number): number {
  return share > 0 ? Math.round(share * 10) : 0;
}
