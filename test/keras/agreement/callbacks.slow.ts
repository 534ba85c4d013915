/** Early stopping and the kept epoch against Keras' EarlyStopping and ModelCheckpoint(save_best_only=True). */
import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyHistory, type History } from '@glimpse/training/fit/history';
import { bestEpoch, type Monitor, shouldStop } from '@glimpse/training/fit/progress';
import { keras3, runPython } from '../python.ts';

const curves: readonly (readonly number[])[] = [
  [3, 2, 2, 2, 2, 2, 2],
  [1, 2, 3, 4, 5, 6, 7],
  [0.5, 0.6, 0.4, 0.45, 0.41, 0.39, 0.5, 0.6],
  [0.9, 0.8, 0.7, 0.6, 0.5],
  [0.3, 0.2, 0.1, 0.2, 0.3, 0.4, 0.1, 0.05],
  [0.4, 0.4],
];
const cases = curves.flatMap((values) =>
  (['val_loss', 'val_acc'] as const).flatMap((monitor) =>
    [0, 1, 2, 3].flatMap((patience) =>
      [0, 0.1, 0.15].map((minDelta) => ({ monitor: monitor as Monitor, patience, minDelta, values })),
    ),
  ),
);

test('early stopping and the kept epoch agree with Keras', { skip: keras3.skip }, async () => {
  const answers = JSON.parse(await runPython(keras3, 'callbacks.py', [JSON.stringify(cases)]));
  assert.deepEqual(cases.map(answer), answers);
});

function answer({ monitor, patience, minDelta, values }: (typeof cases)[number]) {
  const until = (epochs: number): History => ({
    ...emptyHistory,
    loss: values.slice(0, epochs),
    [monitor]: values.slice(0, epochs),
  });
  const epochs = values.map((_, index) => index + 1);
  const stopsAfter = epochs.find((epoch) => shouldStop(until(epoch), { monitor, patience, minDelta })) ?? null;
  return { stopsAfter, kept: bestEpoch(until(stopsAfter ?? values.length), monitor) };
}
