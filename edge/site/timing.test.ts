import assert from 'node:assert/strict';
import test from 'node:test';
import { timingOf } from './timing.ts';

test('the network took what the Worker did not', () => {
  const serverTiming = [
    { name: 'decode', duration: 4 },
    { name: 'infer', duration: 2 },
    { name: 'total', duration: 8 },
  ];
  assert.deepEqual(timingOf({ duration: 30, serverTiming }), {
    decode: 4,
    infer: 2,
    wait: 2,
    network: 22,
    total: 30,
  });
});

test('without Server-Timing all of it is the network’s, and clocks that disagree give no negative time', () => {
  assert.deepEqual(timingOf({ duration: 5, serverTiming: [] }), {
    decode: 0,
    infer: 0,
    wait: 0,
    network: 5,
    total: 5,
  });
  assert.equal(timingOf({ duration: 5, serverTiming: [{ name: 'total', duration: 6 }] }).network, 0);
});
