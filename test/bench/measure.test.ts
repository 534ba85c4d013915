import assert from 'node:assert/strict';
import test from 'node:test';
import { differences, interleave, ratios, summarize } from './measure.ts';

/** A clock that only the tasks advance. */
function stage() {
  let time = 0;
  const order: string[] = [];
  const work = (name: string, milliseconds: number) => () => {
    order.push(name);
    time += milliseconds;
  };
  return { order, work, now: () => time };
}

test('tasks are interleaved in every order, so that none benefits from its predecessor', async () => {
  const { order, work, now } = stage();
  const works = { a: work('a', 10), b: work('b', 10), c: work('c', 10) };
  await interleave(works, { rounds: 6, slotMs: 10, warmUpMs: 0, now });
  const rounds = order.slice(-18).join('').match(/.../g)!;
  assert.deepEqual(rounds.toSorted(), ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
});

test('a sample is the time of one run, regardless of how many fit into a slot', async () => {
  const { work, now } = stage();
  const works = { fast: work('fast', 2), slow: work('slow', 70) };
  const samples = await interleave(works, { rounds: 4, slotMs: 50, warmUpMs: 5, now });
  assert.deepEqual(samples, { fast: [2, 2, 2, 2], slow: [70, 70, 70, 70] });
});

test('slow first runs are warmed up and not counted', async () => {
  const { work, now } = stage();
  const [cold, warm] = [work('cold', 40), work('warm', 1)];
  let runs = 0;
  const samples = await interleave(
    { a: () => (runs++ < 2 ? cold() : warm()) },
    { rounds: 2, slotMs: 10, warmUpMs: 60, now },
  );
  assert.deepEqual(samples, { a: [1, 1] });
  assert.equal(runs, 2 + 10 + 2 * 10);
});

test('a promise is awaited before the next slot', async () => {
  let running = 0;
  const work = async () => {
    assert.equal(++running, 1);
    await Promise.resolve();
    running--;
  };
  await interleave({ a: work, b: work }, { rounds: 3, slotMs: 0, warmUpMs: 0, now: () => 0 });
});

test('the median and quartiles are interpolated', () => {
  assert.deepEqual(summarize([4, 1, 3, 2]), { median: 2.5, lowerQuartile: 1.75, upperQuartile: 3.25 });
  assert.deepEqual(summarize([7]), { median: 7, lowerQuartile: 7, upperQuartile: 7 });
});

test('one disturbed round changes neither the median of the samples nor that of the ratios', () => {
  assert.equal(summarize([1, 1, 90, 1, 1]).median, 1);
  assert.equal(summarize(ratios([1, 1, 90, 1, 1], [2, 2, 180, 2, 2])).median, 0.5);
});

test('ratios and differences are computed per round', () => {
  assert.deepEqual(ratios([1, 4], [2, 2]), [0.5, 2]);
  assert.deepEqual(differences([5, 9], [2, 3]), [3, 6]);
});
