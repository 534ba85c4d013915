import assert from 'node:assert/strict';
import test from 'node:test';
import { timingOf } from './timing.ts';

test('network time is the total minus the Worker’s time', () => {
  const serverTiming = [
    { name: 'decode', duration: 4 },
    { name: 'infer', duration: 2 },
    { name: 'total', duration: 8 },
  ];
  assert.deepEqual(timingOf({ duration: 30, serverTiming }), {
    decode: 4,
    infer: 2,
    other: 2,
    network: 22,
    total: 30,
  });
});

test('without Server-Timing, all time is network time; no time is negative if the clocks disagree', () => {
  assert.deepEqual(timingOf({ duration: 5, serverTiming: [] }), {
    decode: 0,
    infer: 0,
    other: 0,
    network: 5,
    total: 5,
  });
  assert.equal(timingOf({ duration: 5, serverTiming: [{ name: 'total', duration: 6 }] }).network, 0);
});
