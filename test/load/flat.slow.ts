import assert from 'node:assert/strict';
import test from 'node:test';
import { flatness, type Sample } from './flat.ts';

/** One hour with a sample every ten seconds. */
const hour = (rss: (at: number) => number): Sample[] =>
  Array.from({ length: 360 }, (_, i) => ({ at: i * 10, rss: rss(i * 10) }));
const noise = (at: number) => 20e6 * Math.sin(at * 12.9898);

test('memory that grows during warm-up and then fluctuates around a level is flat', () => {
  const { flat, thirds } = flatness(hour((at) => 250e6 + 80e6 * Math.min(1, at / 600) + noise(at)));
  assert.ok(flat);
  assert.ok(thirds[0] < thirds[2] + 5e6);
});

test('memory that grows by 40 MB per hour is not flat, even if it fluctuates', () => {
  const { flat, slope } = flatness(hour((at) => 250e6 + (40e6 * at) / 3600 + noise(at)));
  assert.ok(!flat);
  assert.ok(Math.abs(slope - 40e6) < 8e6, `${slope}`);
});

test('a step in the last third is not flat', () => {
  assert.ok(!flatness(hour((at) => 250e6 + (at > 2500 ? 30e6 : 0) + noise(at))).flat);
});
