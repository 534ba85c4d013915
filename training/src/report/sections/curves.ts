/** Loss and accuracy by epoch: training as dots, validation as a line, like the plots of the Keras tutorial. */
import * as Plot from '@observablehq/plot';
import { html } from 'hono/html';
import type { History } from '../../fit/history.ts';
import { type Chart, drawChart, type Palette, pagePalette } from '../chart.ts';
import { four } from '../number-text.ts';
import { chartFigure, type Html, type Section, table } from './section.ts';

export const curvesSection: Section = {
  id: 'curves',
  title: 'Learning curves',
  body({ history, counts }) {
    const best = Math.max(...history.val_acc);
    const bestEpoch = history.val_acc.indexOf(best) + 1;
    const epochs = history.val_acc.length;
    return [
      epochs === 0
        ? html`<p>No epoch has been completed.</p>`
        : html`<p>Validation accuracy was best after epoch ${bestEpoch} (${four(best)}) and ended at ${four(history.val_acc.at(-1))}.
${counts.validation ? '' : 'The validation set is the test set, so the accuracy of the best epoch is optimistic.'}</p>`,
      html`<div class="charts">${[
        chartFigure(curvesChart(history, 'accuracy', pagePalette), 'Accuracy', numbers(history, 'acc', 'Accuracy')),
        chartFigure(curvesChart(history, 'loss', pagePalette), 'Loss', numbers(history, 'loss', 'Loss')),
      ]}</div>`,
    ];
  },
};

function numbers(history: History, curve: 'acc' | 'loss', name: string): Html {
  return table(
    `${name} by epoch`,
    [{ name: 'Epoch' }, { name: 'Training', number: true }, { name: 'Validation', number: true }],
    history[curve].map((value, i) => [String(i + 1), four(value), four(history[`val_${curve}`][i])]),
  );
}

export type Curve = 'accuracy' | 'loss';

/** @returns an SVG element; with no epochs, empty axes */
export function curvesChart(history: History, curve: Curve, palette: Palette): string {
  const [training, validation] = curve === 'loss' ? [history.loss, history.val_loss] : [history.acc, history.val_acc];
  const epochs = training.length;
  const chart: Chart = {
    id: `chart-${curve}`,
    title: `Training and validation ${curve}`,
    description: describe(curve, training, validation),
    options: {
      x: {
        label: 'epoch',
        inset: 6,
        labelArrow: 'none',
        domain: [1, Math.max(epochs, 2)],
        ticks: wholeTicks(epochs),
        tickFormat: 'd',
      },
      y: {
        label: curve,
        inset: 6,
        labelArrow: 'none',
        grid: true,
        nice: true,
        ...(epochs === 0 ? { domain: [0, 1] } : {}),
      },
      marks: [
        Plot.dot(training, { x: (_, i) => i + 1, y: (d) => d, r: epochs > 60 ? 2 : 3.5, fill: palette.training }),
        Plot.line(validation, { x: (_, i) => i + 1, y: (d) => d, stroke: palette.validation, strokeWidth: 2 }),
        Plot.text(['•  training'], { frameAnchor: 'top-right', dx: -90, dy: -30, fill: palette.training }),
        Plot.text(['—  validation'], { frameAnchor: 'top-right', dy: -30, fill: palette.validation }),
      ],
    },
  };
  return drawChart(chart, palette);
}

function describe(curve: Curve, training: readonly number[], validation: readonly number[]): string {
  if (training.length === 0) return 'No epoch has been completed.';
  const ends = (values: readonly number[]) => `from ${values[0]!.toFixed(4)} to ${values.at(-1)!.toFixed(4)}`;
  const epochs = training.length === 1 ? '1 epoch' : `${training.length} epochs`;
  return `Over ${epochs}, training ${curve} goes ${ends(training)} (dots), validation ${curve} ${ends(validation)} (line).`;
}

/** About ten ticks at most, all at whole epochs. */
function wholeTicks(epochs: number): number[] {
  const distance = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((step) => epochs / step <= 10) ?? Math.ceil(epochs / 10);
  return Array.from({ length: Math.max(epochs, 1) }, (_, i) => i + 1).filter(
    (epoch) => epoch % distance === 0 || (distance > 1 && epoch === 1),
  );
}
