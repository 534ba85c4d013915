/** Requests that the runtime ends: their code stops without cleanup, and other requests have to recover. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { openHarness } from '@glimpse/test/support/worker/harness';

const { scenario, fail, close } = await openHarness();
after(close);

test('a load whose request was ended is started again by the next request', async () => {
  assert.equal(await fail('lose-task'), 500);
  assert.equal(await scenario('join-task'), 'done by another');
});

test('the turn of a request that was ended expires', async () => {
  assert.equal(await fail('lose-turn'), 500);
  assert.equal(await scenario('take-turn'), 'done by another');
});

test('and goes to many waiting requests in turn', async () => {
  const lost = fail('lose-turn');
  const waiting = [1, 2, 3].map(() => scenario('take-turn'));
  assert.deepEqual(await Promise.all(waiting), Array(3).fill('done by another'));
  assert.equal(await lost, 500);
});
