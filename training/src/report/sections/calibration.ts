/** How well the probabilities match the accuracy. */
import * as Plot from '@observablehq/plot';
import { html } from 'hono/html';
import type { Bin } from '../../evaluate/calibration.ts';
import { drawChart, pagePalette } from '../chart.ts';
import { count, four, three } from '../number-text.ts';
import { chartFigure, type Section, table } from './section.ts';

export const calibrationSection: Section = {
  id: 'calibration',
  title: 'Calibration',
  body({ reliability, temperature }) {
    const { bins, ece } = reliability;
    const numbers = table(
      'Answers by probability',
      ['Probability', 'Images', 'Mean probability', 'Accuracy'].map((name, i) => ({ name, number: i > 0 })),
      bins.map(({ from, to, images, confidence, accuracy }) => [
        `${three(from)} – ${three(to)}`,
        count(images),
        four(confidence),
        four(accuracy),
      ]),
    );
    return [
      html`<p>Of the answers with probability .8, four in five should be correct. The expected calibration error is
<strong>${four(ece)}</strong>: ECE = Σ<sub>b</sub> n<sub>b</sub>/n · |acc<sub>b</sub> − conf<sub>b</sub>| over ${bins.length} bins
of equal width, where n<sub>b</sub> of the n answers have their probability in bin b, acc<sub>b</sub> is their accuracy and
conf<sub>b</sub> their mean probability (Guo et al., <cite>On Calibration of Modern Neural Networks</cite>, ICML 2017).</p>`,
      html`<p>For information only: softmax(logits / T) fits the test set best at T = ${three(temperature)}: ${verdict(temperature)}. This
temperature is fitted to the test set itself and is not applied.</p>`,
      html`<div class="charts">${[
        chartFigure(
          reliabilityChart(bins, ece),
          'Accuracy by probability; the dashed line is perfect calibration',
          numbers,
        ),
        chartFigure(confidenceChart(bins), 'Distribution of the probabilities', numbers),
      ]}</div>`,
    ];
  },
};

function verdict(temperature: number): string {
  if (Math.abs(temperature - 1) < 0.05) return 'the network is well calibrated';
  return temperature > 1 ? 'above 1, the network is overconfident' : 'below 1, the network is underconfident';
}

const x = { label: 'probability of the answer', labelArrow: 'none', domain: [0, 1], ticks: 5 } as const;

function reliabilityChart(bins: readonly Bin[], ece: number): string {
  const filled = bins.filter(({ images }) => images > 0);
  return drawChart(
    {
      id: 'chart-reliability',
      title: 'Reliability diagram',
      description: `Accuracy of the answers in ${bins.length} probability bins. The expected calibration error is ${four(ece)}.`,
      options: {
        x,
        y: { label: 'accuracy', labelArrow: 'none', domain: [0, 1], grid: true, ticks: 5 },
        marks: [
          Plot.rectY(filled, {
            x1: 'from',
            x2: 'to',
            y: 'accuracy',
            fill: pagePalette.training,
            insetLeft: 1,
            insetRight: 1,
          }),
          Plot.line([0, 1], {
            x: (d) => d,
            y: (d) => d,
            stroke: pagePalette.validation,
            strokeWidth: 2,
            strokeDasharray: '5 4',
          }),
        ],
      },
    },
    pagePalette,
  );
}

function confidenceChart(bins: readonly Bin[]): string {
  const all = bins.reduce((total, { images }) => total + images, 0);
  const last = bins.at(-1)!;
  return drawChart(
    {
      id: 'chart-confidence',
      title: 'Probabilities of the answers',
      description: `Share of the answers in ${bins.length} probability bins. ${((last.images / all) * 100).toFixed(1)}% are above ${three(last.from)}.`,
      options: {
        x,
        y: { label: 'share of the answers', labelArrow: 'none', grid: true, ticks: 5 },
        marks: [
          Plot.rectY(bins, {
            x1: 'from',
            x2: 'to',
            y: ({ images }: Bin) => images / all,
            fill: pagePalette.training,
            insetLeft: 1,
            insetRight: 1,
          }),
          Plot.ruleY([0]),
        ],
      },
    },
    pagePalette,
  );
}
