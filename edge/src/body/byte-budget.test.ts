import assert from 'node:assert/strict';
import test from 'node:test';
import { ByteBudget, SMALL_BODY_BYTES } from './byte-budget.ts';

test('shares never add up to more than the budget', () => {
  const budget = new ByteBudget(100, 100);
  const [a, b] = [budget.reserve(), budget.reserve()];
  assert.ok(a.take(60));
  assert.ok(b.take(40));
  assert.equal(b.take(1), false);
  assert.equal(budget.held, 100);
});

test('a share returns its bytes once, and takes nothing after its release', () => {
  const budget = new ByteBudget(100, 100);
  const share = budget.reserve();
  share.take(70);
  share.release();
  share.release();
  assert.equal(budget.held, 0);
  assert.equal(share.take(1), false);
  assert.equal(budget.held, 0);
});

const MiB = SMALL_BODY_BYTES;

test('a sender gets half of the budget, or one body of the maximum size; the others are not affected', () => {
  for (const [maxBody, share] of [
    [10 * MiB, 24 * MiB],
    [25 * MiB, 25 * MiB],
  ] as const) {
    const budget = new ByteBudget(48 * MiB, maxBody);
    const [one, two] = [budget.reserve('a'), budget.reserve('a')];
    assert.ok(one.take(share - MiB) && two.take(MiB));
    assert.equal(two.take(1), false);
    assert.ok(budget.reserve('b').take(10 * MiB));
    one.release();
    assert.ok(two.take(share - MiB));
  }
});

test('large bodies leave a reserve for small ones, unless a body of the maximum size needs it', () => {
  const budget = new ByteBudget(48 * MiB, 25 * MiB);
  for (const _ of [1, 2]) assert.ok(budget.reserve().take(21 * MiB));
  const share = budget.reserve();
  assert.ok(share.take(MiB));
  assert.equal(share.take(1), false);
  assert.equal(budget.reserve().take(MiB + 1), false);
  assert.equal(share.maximum, 42 * MiB);
  assert.ok(new ByteBudget(48 * MiB, 48 * MiB).reserve('a').take(48 * MiB));
});
