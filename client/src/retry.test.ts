import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ConnectionError, responseError } from './errors.ts';
import { backoffMs, isRetryable, parseRetryAfter } from './retry.ts';

test('temporary failures are retried, invalid requests are not', () => {
  const isRetried = (status: number, retryAfter?: number) =>
    isRetryable(responseError({ status, text: '', requestId: undefined, retryAfter }));
  for (const status of [429, 502, 503, 504]) assert.ok(isRetried(status), `${status}`);
  for (const status of [400, 401, 403, 404, 405, 408, 413, 415, 422, 500]) assert.ok(!isRetried(status), `${status}`);
  assert.ok(isRetryable(new ConnectionError('unreachable', '')));
  assert.ok(isRetried(503, 20));
  assert.ok(!isRetried(429, 3600), 'a wait of an hour is reported at once');
});

test('waits double, have jitter and a maximum, and are never shorter than Retry-After', () => {
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

test('Retry-After is seconds or a date; anything else is ignored', () => {
  const now = Date.parse('2026-01-02T03:04:05Z');
  assert.equal(parseRetryAfter('7', now), 7);
  assert.equal(parseRetryAfter('Fri, 02 Jan 2026 03:04:15 GMT', now), 10);
  assert.equal(parseRetryAfter('Fri, 02 Jan 2026 03:04:00 GMT', now), 0);
  assert.equal(parseRetryAfter('soon', now), undefined);
  assert.equal(parseRetryAfter(null, now), undefined);
});
