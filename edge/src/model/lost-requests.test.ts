/** Requests that the runtime ends: nothing of theirs runs any more, and the others have to find out. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { openLaboratory } from '@glimpse/test/support/worker/harness';

const { scenario, fail, close } = await openLaboratory();
after(close);

test('a load whose request was ended is begun anew by the next that wants it', async () => {
  assert.equal(await fail('lose-task'), 500);
  assert.equal(await scenario('join-task'), 'done by another');
});

test('the turn of a request that was ended passes on', async () => {
  assert.equal(await fail('lose-turn'), 500);
  assert.equal(await scenario('take-turn'), 'done by another');
});

test('and to many that wait at once', async () => {
  const lost = fail('lose-turn');
  const waiting = [1, 2, 3].map(() => scenario('take-turn'));
  assert.deepEqual(await Promise.all(waiting), Array(3).fill('done by another'));
  assert.equal(await lost, 500);
});
