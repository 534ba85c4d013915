import assert from 'node:assert/strict';
import test from 'node:test';
import { agreement } from './agreement.ts';
import { confidentMistakes } from './mistakes.ts';

const probabilities = Float32Array.from([0.75, 0.25, 0.125, 0.875, 0.5, 0.5, 0.25, 0.75]);

test('mistakes come most confident first, right answers not at all', () => {
  const mistakes = confidentMistakes(probabilities, Uint8Array.of(1, 0, 0, 1), 2, 5);
  assert.deepEqual(mistakes, [
    { image: 1, truth: 0, answer: 1, probability: 0.875, probabilityOfTruth: 0.125 },
    { image: 0, truth: 1, answer: 0, probability: 0.75, probabilityOfTruth: 0.25 },
  ]);
  assert.deepEqual(confidentMistakes(probabilities, Uint8Array.of(1, 0, 0, 1), 2, 1), mistakes.slice(0, 1));
});

test('two sets of answers agree where they name the same class', () => {
  const other = probabilities.slice();
  other.set([0.25, 0.75], 0);
  assert.deepEqual(agreement(probabilities, other, 2), { sameClass: 0.75, largestDifference: 0.5 });
  assert.deepEqual(agreement(probabilities, probabilities, 2), { sameClass: 1, largestDifference: 0 });
});
