import assert from 'node:assert/strict';
import test from 'node:test';
import type { Problem } from '@glimpse/shared/api/problems';
import { withinAnswerTime } from './deadline.ts';

/** Work that waits until it is aborted. */
const waiting = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('work that ends in time returns its result, and no timer outlives it', async () => {
  const before = process.getActiveResourcesInfo().length;
  assert.equal(await withinAnswerTime(new Request('http://x'), 100, async () => 7), 7);
  assert.equal(process.getActiveResourcesInfo().length, before);
});

test('when the time is over, the work is aborted with the problem `out-of-time`', async () => {
  await assert.rejects(withinAnswerTime(new Request('http://x'), 0.05, waiting), (error: Problem) => {
    assert.deepEqual([error.code, error.retryAfter], ['out-of-time', 1]);
    return true;
  });
});

test('when the client leaves, the work is aborted, and work that starts later does not wait', async () => {
  const client = new AbortController();
  const request = new Request('http://x', { signal: client.signal });
  setTimeout(() => client.abort(), 20);
  for (const attempt of ['in the middle', 'before']) {
    const began = performance.now();
    await assert.rejects(
      withinAnswerTime(request, 60, async (signal) => {
        signal.throwIfAborted();
        return waiting(signal);
      }),
      { code: 'out-of-time', message: 'The client has left.' },
      attempt,
    );
    assert.ok(performance.now() - began < 5_000);
  }
});
