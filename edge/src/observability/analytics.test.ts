import assert from 'node:assert/strict';
import test from 'node:test';
import { count } from './analytics.ts';

test('the columns are those that docs/deploying.md queries, in order', () => {
  const written: unknown[] = [];
  const dataset = { writeDataPoint: (point: unknown) => void written.push(point) };
  const release = { model: 'cifar10', version: '20261125T0915Z-12702b91', channel: 'canary' };
  count(dataset, { release, outcome: 'ok', confidence: 0.75, milliseconds: 12 });
  count(dataset, { release: undefined, outcome: 'model-unknown', confidence: undefined, milliseconds: 1 });
  assert.deepEqual(written, [
    { indexes: ['cifar10'], blobs: ['cifar10', '20261125T0915Z-12702b91', 'canary', 'ok'], doubles: [0.75, 12] },
    { indexes: [''], blobs: ['', '', '', 'model-unknown'], doubles: [0, 1] },
  ]);
});
