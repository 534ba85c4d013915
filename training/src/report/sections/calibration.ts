/** Whether the probabilities mean what they say. */
import * as Plot from '@observablehq/plot';
import { html } from 'hono/html';
import type { Bin } from '../../evaluate/calibration.ts';
import { drawChart, paletteOfPage } from '../chart.ts';
import type { ReportContent } from '../content.ts';
import { count, four, three } from '../number-text.ts';
import { chartFigure, type Html, section, table } from './section.ts';

export function calibrationSection({ reliability, temperature }: ReportContent): Html {
  const { bins, ece } = reliability;
  const numbers = table(
    'Answers by their probability',
    ['Probability', 'Images', 'Mean probability', 'Accuracy'].map((name, i) => ({ name, number: i > 0 })),
    bins.map(({ from, to, images, confidence, accuracy }) => [
      `${three(from)} – ${three(to)}`,
      count(images),
      four(confidence),
      four(accuracy),
    ]),
  );
  return section(
    'calibration',
    'Calibration',
    html`<p>Of the answers given with probability .8, four in five should be right. The expected calibration error is
<strong>${four(ece)}</strong>: ECE = Σ<sub>b</sub> n<sub>b</sub>/n · |acc<sub>b</sub> − conf<sub>b</sub>| over ${bins.length} bins
of equal width, where n<sub>b</sub> of the n answers have their probability in bin b, acc<sub>b</sub> is the share of them that is
right and conf<sub>b</sub> their mean probability (Guo et al., <cite>On Calibration of Modern Neural Networks</cite>, ICML 2017).</p>`,
    html`<p>For information: softmax(logits / T) fits the test set best at T = ${three(temperature)}; ${verdict(temperature)}. It
was fitted on the images that are measured here and is applied nowhere.</p>`,
    html`<div class="charts">${[
      chartFigure(reliabilityChart(bins, ece), 'Accuracy by probability; on the dashed line they are equal', numbers),
      chartFigure(confidenceChart(bins), 'How often each probability is given', numbers),
    ]}</div>`,
  );
}

function verdict(temperature: number): string {
  if (Math.abs(temperature - 1) < 0.05) return 'the network is about as sure as it should be';
  return temperature > 1 ? 'above 1, the network is too sure of itself' : 'below 1, the network is not sure enough';
}

const x = { label: 'probability of the answer', labelArrow: 'none', domain: [0, 1], ticks: 5 } as const;

function reliabilityChart(bins: readonly Bin[], ece: number): string {
  const filled = bins.filter(({ images }) => images > 0);
  return drawChart(
    {
      id: 'chart-reliability',
      title: 'Reliability diagram',
      description: `Accuracy of the answers in ${bins.length} bins of their probability; the expected calibration error is ${four(ece)}.`,
      options: {
        x,
        y: { label: 'accuracy', labelArrow: 'none', domain: [0, 1], grid: true, ticks: 5 },
        marks: [
          Plot.rectY(filled, {
            x1: 'from',
            x2: 'to',
            y: 'accuracy',
            fill: paletteOfPage.training,
            insetLeft: 1,
            insetRight: 1,
          }),
          Plot.line([0, 1], {
            x: (d) => d,
            y: (d) => d,
            stroke: paletteOfPage.validation,
            strokeWidth: 2,
            strokeDasharray: '5 4',
          }),
        ],
      },
    },
    paletteOfPage,
  );
}

function confidenceChart(bins: readonly Bin[]): string {
  const all = bins.reduce((total, { images }) => total + images, 0);
  const last = bins.at(-1)!;
  return drawChart(
    {
      id: 'chart-confidence',
      title: 'Probabilities of the answers',
      description: `Share of the answers in ${bins.length} bins of their probability; ${((last.images / all) * 100).toFixed(1)} % lie above ${three(last.from)}.`,
      options: {
        x,
        y: { label: 'share of the answers', labelArrow: 'none', grid: true, ticks: 5 },
        marks: [
          Plot.rectY(bins, {
            x1: 'from',
            x2: 'to',
            y: ({ images }: Bin) => images / all,
            fill: paletteOfPage.training,
            insetLeft: 1,
            insetRight: 1,
          }),
          Plot.ruleY([0]),
        ],
      },
    },
    paletteOfPage,
  );
}
