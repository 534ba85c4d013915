/** What was trained, when, and how good it is against doing nothing. */
import { html } from 'hono/html';
import { classMetrics, macroMean } from '../../evaluate/confusion.ts';
import type { ReportContent } from '../content.ts';
import { count, duration, four, time } from '../number-text.ts';
import { foreign, type Html, section } from './section.ts';

export function summarySection(content: ReportContent): Html {
  const { metrics, config, outcome, epochs } = content;
  const majority = Math.max(...content.counts.test) / metrics.pictures;
  const { f1 } = macroMean(classMetrics(content.confusion));
  const cards: [string, string][] = [
    ['Accuracy', four(metrics.accuracy)],
    ['Largest class’ share', four(majority)],
    ['Mean F1 of the classes', four(f1)],
    ['Loss (cross-entropy)', four(metrics.loss)],
    ['Calibration error (ECE)', four(content.reliability.ece)],
    ['Parameters', count(content.parameters)],
    ['Multiply-adds an image', count(content.multiplyAdds)],
    ['Size as float32', `${count(content.bytes)} bytes`],
    ['Epochs', `${epochs} of ${config.settings.epochs}`],
    ['Start to end', outcome ? duration((Date.parse(outcome.endedAt) - Date.parse(config.startedAt)) / 1000) : '–'],
  ];
  return section(
    'summary',
    'Summary',
    html`<p>${foreign(config.architecture.name)} was trained on ${foreign(config.data.name)}, begun ${time(config.startedAt)}.
The run ${status(content)}. Its weights after epoch ${epochs} name ${count(metrics.correct)} of ${count(metrics.pictures)} test images
rightly; always answering the largest class would get ${four(majority)}.</p>`,
    html`<dl class="cards">${cards.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`,
  );
}

function status({ outcome }: ReportContent): string {
  if (!outcome) return 'has not ended';
  const when = outcome.endedAt ? ` ${time(outcome.endedAt)}` : '';
  return `${outcome.status}${when}${outcome.reason ? ` (${outcome.reason})` : ''}`;
}
