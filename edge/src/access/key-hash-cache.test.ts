import assert from 'node:assert/strict';
import test from 'node:test';
import { identifyKey } from '@glimpse/shared/access/key-record';
import { createKeyText } from '@glimpse/shared/access/key-text';
import { KeyHashCache } from './key-hash-cache.ts';

test('a key is hashed once until its entry expires; two keys are never confused', async () => {
  let now = 0;
  const cache = new KeyHashCache({ maxAgeMs: 100, now: () => now });
  const [one, other] = [createKeyText('secret'), createKeyText('secret')];
  const first = cache.of(one);
  assert.ok(first instanceof Promise);
  assert.deepEqual(await first, await identifyKey(one));
  assert.deepEqual(await cache.of(other), await identifyKey(other));
  now = 99;
  assert.deepEqual(cache.of(one), await identifyKey(one));
  now = 100;
  assert.ok(cache.of(one) instanceof Promise);
});

test('expired entries are removed, and the oldest if there are too many', async () => {
  let now = 0;
  const cache = new KeyHashCache({ maxAgeMs: 100, now: () => now });
  for (let i = 0; i < 1_200; i++) await cache.of(`text ${i}`);
  assert.equal(cache.size, 1_000);
  const again = cache.of('text 0');
  assert.ok(again instanceof Promise);
  await again;
  now = 100;
  await cache.of('the next');
  assert.equal(cache.size, 1);
});
