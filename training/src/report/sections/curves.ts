/** Loss and accuracy by epoch. */
import { html } from 'hono/html';
import type { History } from '../../fit/history.ts';
import { paletteOfPage } from '../chart.ts';
import type { ReportContent } from '../content.ts';
import { curvesChart } from '../curves-chart.ts';
import { four } from '../number-text.ts';
import { chartFigure, type Html, section, table } from './section.ts';

export function curvesSection({ history, counts }: ReportContent): Html {
  const best = Math.max(...history.val_acc);
  const bestEpoch = history.val_acc.indexOf(best) + 1;
  const epochs = history.val_acc.length;
  return section(
    'curves',
    'Learning curves',
    epochs === 0
      ? html`<p>No epoch is complete.</p>`
      : html`<p>Validation accuracy was best after epoch ${bestEpoch} (${four(best)}) and ended at ${four(history.val_acc.at(-1))}.
${counts.validation ? '' : 'Validation is on the test set, so an epoch chosen by it looks better than it is.'}</p>`,
    html`<div class="charts">${[
      chartFigure(curvesChart(history, 'accuracy', paletteOfPage), 'Accuracy', numbers(history, 'acc', 'Accuracy')),
      chartFigure(curvesChart(history, 'loss', paletteOfPage), 'Loss', numbers(history, 'loss', 'Loss')),
    ]}</div>`,
  );
}

function numbers(history: History, curve: 'acc' | 'loss', name: string): Html {
  return table(
    `${name} by epoch`,
    [{ name: 'Epoch' }, { name: 'Training', number: true }, { name: 'Validation', number: true }],
    history[curve].map((value, i) => [String(i + 1), four(value), four(history[`val_${curve}`][i])]),
  );
}
