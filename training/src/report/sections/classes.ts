/** Precision, recall and F1 of each class. */
import { html } from 'hono/html';
import { classMetrics, macroMean } from '../../evaluate/confusion.ts';
import type { ReportContent } from '../content.ts';
import { count, three } from '../number-text.ts';
import { foreign, type Html, section, table } from './section.ts';

export function classesSection({ confusion, config, metrics }: ReportContent): Html {
  const all = classMetrics(confusion);
  const mean = macroMean(all);
  const row = ({ precision, recall, f1 }: typeof mean) => [three(precision), three(recall), three(f1)];
  return section(
    'classes',
    'Each class',
    html`<p>Precision: of the answers that name the class, those that are right. Recall: of the class’ images, those that
are recognized. F1: their harmonic mean.</p>`,
    table(
      'Precision, recall and F1',
      [{ name: 'Class' }, ...['Precision', 'Recall', 'F1', 'Images'].map((name) => ({ name, number: true }))],
      [
        ...all.map((one, index) => [foreign(config.labels[index]!), ...row(one), count(one.support)]),
        ['Mean of the classes', ...row(mean), count(metrics.pictures)],
      ],
    ),
  );
}
