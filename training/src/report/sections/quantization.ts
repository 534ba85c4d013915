/** The float weights against each way of mapStoreErrors them. */
import { html } from 'hono/html';
import type { ReportContent } from '../content.ts';
import { count, four } from '../number-text.ts';
import { type Html, section, table } from './section.ts';

export function quantizationSection({ metrics, bytes, quantized }: ReportContent): Html {
  const columns = ['Accuracy', 'Points lost', 'Loss', 'Bytes', 'Same answer', 'Largest difference'];
  return section(
    'quantization',
    'Quantization',
    html`<p>Each type was written as a release would be, read by the Worker’s reader, and asked for every test image by the
Worker’s runner. “Bytes” are those of model.json and its weights together. “Same answer”: share of the images that get the class that float32 gives. “Largest difference”: of any
probability of any image.</p>`,
    table(
      'float32 against each quantization',
      [{ name: 'Weights' }, ...columns.map((name) => ({ name, number: true }))],
      [
        ['float32', four(metrics.accuracy), '–', four(metrics.loss), count(bytes), '–', '–'],
        ...quantized.map((one) =>
          'reason' in one
            ? [one.dtype, ...columns.map(() => '–')]
            : [
                one.dtype,
                four(one.metrics.accuracy),
                points(metrics.accuracy - one.metrics.accuracy),
                four(one.metrics.loss),
                count(one.bytes),
                four(one.sameClass),
                one.largestDifference.toExponential(1),
              ],
        ),
      ],
    ),
    ...quantized.flatMap((one) => ('reason' in one ? [html`<p>${one.dtype}: ${one.reason}</p>`] : [])),
  );
}

/** A gain is a loss below 0. */
function points(lost: number): string {
  return (lost * 100).toFixed(2).replace('-', '−');
}
