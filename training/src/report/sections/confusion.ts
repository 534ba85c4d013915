/** Which classes the model confuses. */
import { html } from 'hono/html';
import { type Confusion, confusedPairs } from '../../evaluate/confusion.ts';
import { count } from '../number-text.ts';
import { type Html, isolated, type Section, table } from './section.ts';

/** A wider matrix is not readable. */
const MAX_COLUMNS = 25;

export const confusionSection: Section = {
  id: 'confusion',
  title: 'Confusion matrix',
  body({ confusion, config }) {
    const { labels } = config;
    const small = labels.length <= MAX_COLUMNS;
    const frequent = confusedPairs(confusion, small ? 8 : 50);
    return [
      small
        ? html`<p>Rows are true classes, columns are answers; the diagonal holds the correct answers.</p>${matrix(confusion, labels)}`
        : html`<p>A matrix of ${labels.length} classes is too wide to read. The table lists its largest entries off the diagonal.</p>`,
      frequent.length === 0
        ? html`<p>No image was classified wrongly.</p>`
        : table(
            'Most frequent confusions',
            [{ name: 'True class' }, { name: 'Answer' }, { name: 'Images', number: true }],
            frequent.map(({ truth, answer, images }) => [
              isolated(labels[truth]!),
              isolated(labels[answer]!),
              count(images),
            ]),
          ),
    ];
  },
};

function matrix(confusion: Confusion, labels: readonly string[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Images by true class and answer"><table class="matrix">
<caption>Images by true class (row) and answer (column)</caption>
<thead><tr><td></td>${labels.map((label) => html`<th scope="col">${isolated(label)}</th>`)}</tr></thead>
<tbody>${confusion.map((row, truth) => {
    const support = row.reduce((total, images) => total + images, 0);
    const cells = row.map((images, answer) => {
      const kind = truth === answer ? 'right' : 'wrong';
      return html`<td class="${kind} shade-${shade(images / support)}">${count(images)}</td>`;
    });
    return html`<tr><th scope="row">${isolated(labels[truth]!)}</th>${cells}</tr>\n`;
  })}</tbody></table></div>`;
}

/** CSS shade 0 … 10 for a cell's share of its row. */
function shade(share: number): number {
  return share > 0 ? Math.round(share * 10) : 0;
}
