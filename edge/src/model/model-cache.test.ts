import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { openHarness } from '@glimpse/test/support/worker/harness';

const { scenario, close } = await openHarness();
after(close);

test('a request keeps its network during a swap; the last request disposes it', async () => {
  const found = await scenario('swap');
  assert.ok(found.alone > 0);
  assert.equal(found.both, found.alone * 2);
  assert.equal(found.stillLeased, found.both);
  assert.deepEqual(found.during, found.before);
  assert.equal(found.leasedAgain, false);
  assert.equal(found.after, found.alone);
  assert.equal(found.none, 0);
});

test('at most two networks: evicts the least recently used, never one that is to be kept or in use', async () => {
  const found = await scenario('capacity');
  assert.deepEqual(found.spared, [false, true, true, false]);
  assert.deepEqual(found.leastRecent, [false, false, true, true]);
  assert.equal(found.refused, 'busy');
  assert.equal(found.tensors, found.alone * 2);
  // An evicted network gets no new leases, still works for the existing ones, and is disposed after the last.
  assert.deepEqual(found.whileUsed, { there: [false, false, false, true], classes: 10 });
  assert.deepEqual(found.afterwards, [true, false, false, true]);
  assert.equal(found.atLast, found.alone * 2);
});
