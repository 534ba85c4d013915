/** Accuracy and size of each weight type compared with float32. */
import { html } from 'hono/html';
import { count, four } from '../number-text.ts';
import { type Section, table } from './section.ts';

export const quantizationSection: Section = {
  id: 'quantization',
  title: 'Quantization',
  body({ metrics, bytes, quantized }) {
    const columns = ['Accuracy', 'Points lost', 'Loss', 'Bytes', 'Same answer', 'Largest difference'];
    return [
      html`<p>The weights were written in each type as in a release, loaded by the Worker’s reader, and measured on every test
image with the Worker’s runner. Bytes: model.json and the weights together. Points lost: percentage points of accuracy. Same answer: the
share of the images with the same class as float32. Largest difference: between any two probabilities for the same class and image.</p>`,
      table(
        'Quantized weights compared with float32',
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
    ];
  },
};

/** A gain is a negative loss. */
function points(lost: number): string {
  return (lost * 100).toFixed(2).replace('-', '−');
}
