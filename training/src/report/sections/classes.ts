/** Precision, recall and F1 of each class. */
import { html } from 'hono/html';
import { classMetrics, macroMean } from '../../evaluate/confusion.ts';
import { count, three } from '../number-text.ts';
import { isolated, type Section, table } from './section.ts';

export const classesSection: Section = {
  id: 'classes',
  title: 'Classes',
  body({ confusion, config, metrics }) {
    const all = classMetrics(confusion);
    const mean = macroMean(all);
    const row = ({ precision, recall, f1 }: typeof mean) => [three(precision), three(recall), three(f1)];
    return [
      html`<p>Precision: the share of the answers with this class that are correct. Recall: the share of this class’s images
that are recognized. F1: the harmonic mean of the two.</p>`,
      table(
        'Precision, recall and F1',
        [{ name: 'Class' }, ...['Precision', 'Recall', 'F1', 'Images'].map((name) => ({ name, number: true }))],
        [
          ...all.map((one, index) => [isolated(config.labels[index]!), ...row(one), count(one.support)]),
          ['Macro average', ...row(mean), count(metrics.pictures)],
        ],
      ),
    ];
  },
};
