/** The data set: its classes and parts. */
import { html } from 'hono/html';
import { count } from '../number-text.ts';
import { isolated, type Section, table } from './section.ts';

export const dataSection: Section = {
  id: 'data',
  title: 'Data',
  body({ config, counts }) {
    const { height, width, channels } = config.input;
    const parts = Object.entries(counts).flatMap(([name, ofClass]) => (ofClass ? [{ name, ofClass }] : []));
    const total = (ofClass: readonly number[]) => count(ofClass.reduce((sum, images) => sum + images, 0));
    return [
      html`<p>${isolated(config.data.name)}: ${config.labels.length} classes, images of ${height} x ${width} x ${channels}.
${counts.validation ? '' : 'The validation set is the test set.'}</p>
<p>SHA-256 over pixels and classes: <code>${config.data.fingerprint}</code></p>`,
      table(
        'Images per class',
        [{ name: 'Class' }, ...parts.map(({ name }) => ({ name, number: true }))],
        [
          ...config.labels.map((label, i) => [isolated(label), ...parts.map(({ ofClass }) => count(ofClass[i]!))]),
          ['Total', ...parts.map(({ ofClass }) => total(ofClass))],
        ],
      ),
    ];
  },
};
