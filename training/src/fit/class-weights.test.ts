import assert from 'node:assert/strict';
import test from 'node:test';
import { classWeightsOf } from './class-weights.ts';

const classes = Uint8Array.of(0, 0, 0, 1, 2, 2);

test('balanced weights give each class the same total weight, and an average of 1 per image', () => {
  const weights = classWeightsOf('balanced', classes, 3)!;
  const sums = [0, 1, 2].map((index) => weights[index]! * classes.filter((found) => found === index).length);
  assert.deepEqual(sums, [2, 2, 2]);
});

test('given weights are used unchanged, one per class', () => {
  assert.deepEqual(classWeightsOf([1, 2, 3], classes, 3), [1, 2, 3]);
  assert.equal(classWeightsOf(undefined, classes, 3), undefined);
  assert.throws(() => classWeightsOf([1, 2], classes, 3), { code: 'run-invalid', message: /2 class weights, but 3/ });
});
