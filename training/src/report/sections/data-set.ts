/** What it was trained on. */
import { html } from 'hono/html';
import type { ReportContent } from '../content.ts';
import { count } from '../number-text.ts';
import { foreign, type Html, section, table } from './section.ts';

export function dataSection({ config, counts }: ReportContent): Html {
  const { height, width, channels } = config.input;
  const parts = Object.entries(counts).flatMap(([name, ofClass]) => (ofClass ? [{ name, ofClass }] : []));
  const total = (ofClass: readonly number[]) => count(ofClass.reduce((sum, images) => sum + images, 0));
  return section(
    'data',
    'Data',
    html`<p>${foreign(config.data.name)}: ${config.labels.length} classes, images of ${height} x ${width} x ${channels}.
${counts.validation ? '' : 'The validation set is the test set.'}</p>
<p>SHA-256 over pixels and classes: <code>${config.data.fingerprint}</code></p>`,
    table(
      'Images of each class',
      [{ name: 'Class' }, ...parts.map(({ name }) => ({ name, number: true }))],
      [
        ...config.labels.map((label, i) => [foreign(label), ...parts.map(({ ofClass }) => count(ofClass[i]!))]),
        ['All', ...parts.map(({ ofClass }) => total(ofClass))],
      ],
    ),
  );
}
