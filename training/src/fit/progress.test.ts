import assert from 'node:assert/strict';
import test from 'node:test';
import type { History } from './history.ts';
import { bestEpoch, shouldStop } from './progress.ts';

const history = (val_loss: number[], val_acc = val_loss.map(() => 0)): History => ({
  loss: val_loss,
  acc: val_acc,
  val_loss,
  val_acc,
});

test('the best epoch is the first one with the lowest loss or the highest accuracy', () => {
  const curves = history([3, 1, 2, 1], [0.1, 0.4, 0.6, 0.6]);
  assert.equal(bestEpoch(curves, 'val_loss'), 2);
  assert.equal(bestEpoch(curves, 'val_acc'), 3);
  assert.equal(bestEpoch(history([]), 'val_acc'), undefined);
});

test('a run stops after `patience` epochs without improvement, and not before', () => {
  const rule = { monitor: 'val_loss', patience: 2, minDelta: 0 } as const;
  assert.equal(shouldStop(history([3, 2, 2]), rule), false);
  assert.equal(shouldStop(history([3, 2, 2, 2]), rule), true);
  assert.equal(shouldStop(history([3, 2, 2, 1.9]), rule), false);
  assert.equal(shouldStop(history([3, 2, 1.9, 1.8]), { ...rule, minDelta: 0.15 }), false);
  assert.equal(shouldStop(history([3, 2, 2, 2]), undefined), false);
});

test('an improvement below the minimum difference does not count', () => {
  assert.equal(shouldStop(history([3, 2.95, 2.9]), { monitor: 'val_loss', patience: 1, minDelta: 0.2 }), true);
});

test('patience 1, 2, 3 stops 3, 2, 2, 2, 2 after epochs 3, 4, 5, as Keras does; 0 means the same as 1', () => {
  const losses = [3, 2, 2, 2, 2, 2];
  const stopsAfter = (patience: number) =>
    losses.findIndex((_, index) =>
      shouldStop(history(losses.slice(0, index + 1)), { monitor: 'val_loss', patience, minDelta: 0 }),
    ) + 1;
  assert.deepEqual([0, 1, 2, 3].map(stopsAfter), [3, 3, 4, 5]);
});
