import assert from 'node:assert/strict';
import test from 'node:test';
import { identifyKey } from '@glimpse/shared/access/key-record';
import { createKeyText } from '@glimpse/shared/access/key-text';
import { KeyHashCache } from './key-hash-cache.ts';

test('a key is hashed once while its text is held, and again afterwards; two keys are never taken for each other', async () => {
  let now = 0;
  const identities = new KeyHashCache({ heldMs: 100, now: () => now });
  const [one, other] = [createKeyText('secret'), createKeyText('secret')];
  const first = identities.of(one);
  assert.ok(first instanceof Promise);
  assert.deepEqual(await first, await identifyKey(one));
  assert.deepEqual(await identities.of(other), await identifyKey(other));
  now = 99;
  assert.deepEqual(identities.of(one), await identifyKey(one));
  now = 100;
  assert.ok(identities.of(one) instanceof Promise);
});

test('texts that are no longer sent are let go, and of many the oldest', async () => {
  let now = 0;
  const identities = new KeyHashCache({ heldMs: 100, now: () => now });
  for (let i = 0; i < 1_200; i++) await identities.of(`text ${i}`);
  assert.equal(identities.size, 1_000);
  const again = identities.of('text 0');
  assert.ok(again instanceof Promise);
  await again;
  now = 100;
  await identities.of('the next');
  assert.equal(identities.size, 1);
});
