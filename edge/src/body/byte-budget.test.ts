import assert from 'node:assert/strict';
import test from 'node:test';
import { ByteBudget } from './byte-budget.ts';

test('shares never add up to more than the budget', () => {
  const budget = new ByteBudget(100);
  const [a, b] = [budget.reserve(), budget.reserve()];
  assert.ok(a.take(60));
  assert.ok(b.take(40));
  assert.equal(b.take(1), false);
  assert.equal(budget.held, 100);
});

test('a share returns its bytes once, and takes nothing after its release', () => {
  const budget = new ByteBudget(100);
  const share = budget.reserve();
  share.take(70);
  share.release();
  share.release();
  assert.equal(budget.held, 0);
  assert.equal(share.take(1), false);
  assert.equal(budget.held, 0);
});
