import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ConnectionError } from './errors/connection-error.ts';
import { errorOf } from './errors/error-of.ts';
import { backoffMs, isRetryable, secondsOf } from './retry.ts';

test('what passes by itself is tried again, what is wrong with the request is not', () => {
  const again = (status: number, retryAfter?: number) =>
    isRetryable(errorOf({ status, text: '', requestId: undefined, retryAfter }));
  for (const status of [429, 502, 503, 504]) assert.ok(again(status), `${status}`);
  for (const status of [400, 401, 403, 404, 405, 408, 413, 415, 422, 500]) assert.ok(!again(status), `${status}`);
  assert.ok(isRetryable(new ConnectionError('unreachable', '')));
  assert.ok(again(503, 20));
  assert.ok(!again(429, 3600), 'who must wait an hour is told so at once');
});

test('waits double, are drawn from half of them up, end somewhere, and are never shorter than asked for', () => {
  assert.deepEqual(
    [1, 2, 3].map((attempt) => backoffMs(attempt, undefined, () => 1)),
    [500, 1000, 2000],
  );
  assert.equal(
    backoffMs(1, undefined, () => 0),
    250,
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
      (n, s) => {
        const wait = backoffMs(n, s);
        assert.ok(wait >= (s ?? 0) * 1000 && wait >= 250 && wait <= 20_000);
      },
    ),
  );
});

test('Retry-After is seconds or a date, and nonsense is nothing', () => {
  const now = Date.parse('2026-01-02T03:04:05Z');
  assert.equal(secondsOf('7', now), 7);
  assert.equal(secondsOf('Fri, 02 Jan 2026 03:04:15 GMT', now), 10);
  assert.equal(secondsOf('Fri, 02 Jan 2026 03:04:00 GMT', now), 0);
  assert.equal(secondsOf('soon', now), undefined);
  assert.equal(secondsOf(null, now), undefined);
});
