import assert from 'node:assert/strict';
import test from 'node:test';
import type { LoadResult } from './run-load.ts';
import { faultsOf, memoryFaultsOf } from './verdict.ts';

const sample = { rss: 250e6, tensors: 12, tensorBytes: 1000 };
const good: LoadResult = {
  seconds: 60,
  clients: 2,
  bursts: 0,
  tally: {
    sent: 30,
    wrong: 0,
    examples: [],
    kinds: [
      { name: 'raw', route: 'POST /v1/classify', bad: false, statuses: { 200: 20, 503: 5, left: 5 }, p50: 1, p99: 2 },
    ],
  },
  samples: Array.from({ length: 6 }, (_, i) => ({ at: i * 10, ...sample })),
  after: { tensors: 12, tensorBytes: 1000, heldBytes: 0 },
  log: { counts: { 'info request': 25 }, errors: [] },
};

test('503 answers and clients that disconnect are not faults', () => {
  assert.deepEqual([...faultsOf(good), ...memoryFaultsOf(good)], []);
});

test('a 500, a wrong answer, a leaked tensor or body, a logged error and growing memory are faults', () => {
  const [kind] = good.tally.kinds;
  const kinds = [{ ...kind!, statuses: { 200: 19, 500: 1 } }];
  const spoilt: [Partial<LoadResult>, RegExp][] = [
    [{ tally: { ...good.tally, kinds } }, /^1 answers of 500$/],
    [{ tally: { ...good.tally, wrong: 1, examples: ['raw: cat has 0.1'] } }, /^1 wrong answers: raw: cat has 0\.1/],
    [{ samples: [...good.samples, { at: 70, ...sample, tensors: 13 }] }, /^tensors: 12, 13/],
    [{ after: { ...good.after, tensorBytes: 1001 } }, /^tensors: 12, of 1000, 1001 bytes/],
    [{ after: { ...good.after, heldBytes: 3 } }, /^3 bytes of bodies/],
    [{ log: { counts: {}, errors: ['{"level":"error"}'] } }, /^errors in the log/],
    [{ samples: good.samples.map((each) => ({ ...each, rss: 200e6 + each.at * 1e6 })) }, /^memory is not flat/],
  ];
  for (const [change, says] of spoilt) {
    const load = { ...good, ...change };
    const faults = [...faultsOf(load), ...memoryFaultsOf(load)];
    assert.equal(faults.length, 1, String(says));
    assert.match(faults[0]!, says);
  }
});
