import assert from 'node:assert/strict';
import test from 'node:test';
import { type Schedule, scheduleFactor, scheduleSchema } from './schedule.ts';

const factors = (
  options: { name: Schedule['name'] } & Record<string, unknown>,
  epochs: number,
  stepsPerEpoch: number,
) => {
  const schedule = scheduleSchema.parse(options);
  return Array.from({ length: epochs * stepsPerEpoch }, (_, step) =>
    scheduleFactor(schedule, { step, stepsPerEpoch, epochs }),
  );
};
const near = (got: number, wanted: number) => assert.ok(Math.abs(got - wanted) < 1e-12, `${got} ${wanted}`);

test('constant does not change', () => assert.deepEqual(factors({ name: 'constant' }, 2, 2), [1, 1, 1, 1]));

test('step decreases by its factor every `epochs` epochs', () => {
  assert.deepEqual(factors({ name: 'step', every: 2, factor: 0.5 }, 5, 1), [1, 1, 0.5, 0.5, 0.25]);
});

test('cosine decreases from the rate to its final share, and is halfway in the middle', () => {
  const values = factors({ name: 'cosine', final: 0.1 }, 1, 100);
  near(values[0]!, 1);
  near(values[50]!, 0.55);
  assert.ok(values.at(-1)! > 0.1 && values.at(-1)! < 0.101);
  assert.deepEqual(
    values,
    values.toSorted((a, b) => b - a),
  );
});

test('cosine rises in its warm-up', () => {
  const values = factors({ name: 'cosine', warmupEpochs: 1 }, 3, 4);
  assert.deepEqual(values.slice(0, 4), [0.25, 0.5, 0.75, 1]);
  near(values[4]!, 1);
});

test('one-cycle starts below the rate, rises to it, and ends far below it', () => {
  const values = factors({ name: 'one-cycle', rise: 0.25 }, 1, 101);
  near(values[0]!, 1 / 25);
  near(values[25]!, 1);
  near(values.at(-1)!, 1 / 25 / 10_000);
  assert.equal(values.indexOf(Math.max(...values)), 25);
});
