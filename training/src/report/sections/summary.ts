/** What was trained, when, and how it compares with the majority-class baseline. */
import { html } from 'hono/html';
import { classMetrics, macroMean } from '../../evaluate/confusion.ts';
import type { ReportContent } from '../content.ts';
import { count, duration, four, time } from '../number-text.ts';
import { isolated, type Section } from './section.ts';

export const summarySection: Section = {
  id: 'summary',
  title: 'Summary',
  body(content) {
    const { metrics, config, outcome, epochs } = content;
    const majority =
      content.counts.test[content.counts.train.indexOf(Math.max(...content.counts.train))]! / metrics.pictures;
    const { f1 } = macroMean(classMetrics(content.confusion));
    const cards: [string, string][] = [
      ['Accuracy', four(metrics.accuracy)],
      ['Majority-class baseline', four(majority)],
      ['Macro F1', four(f1)],
      ['Loss (cross-entropy)', four(metrics.loss)],
      ['Calibration error (ECE)', four(content.reliability.ece)],
      ['Parameters', count(content.parameters)],
      ['Multiply-adds per image', count(content.multiplyAdds)],
      ['Size in float32', `${count(content.bytes)} bytes`],
      ['Epochs', `${epochs} of ${config.settings.epochs}`],
      ['Duration', outcome ? duration((Date.parse(outcome.endedAt) - Date.parse(config.startedAt)) / 1000) : '–'],
    ];
    return [
      html`<p>${isolated(config.architecture.name)} was trained on ${isolated(config.data.name)}, starting ${time(config.startedAt)}.
The run ${status(content)}. With its weights after epoch ${epochs}, it classifies ${count(metrics.correct)} of ${count(metrics.pictures)} test
images correctly. The majority-class baseline, which always answers the most frequent training class, reaches ${four(majority)}.</p>`,
      html`<dl class="cards">${cards.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`,
    ];
  },
};

function status({ outcome }: ReportContent): string {
  if (!outcome) return 'has not finished';
  const when = outcome.endedAt ? ` ${time(outcome.endedAt)}` : '';
  return `${outcome.status}${when}${outcome.reason ? ` (${outcome.reason})` : ''}`;
}
