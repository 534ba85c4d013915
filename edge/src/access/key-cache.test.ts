import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyKey } from '@glimpse/shared/access/key-record';
import { createKeyText } from '@glimpse/shared/access/key-text';
import { StoreError } from '@glimpse/shared/store/store-error';
import { testKey } from '@glimpse/test/support/worker/keys';
import fc from 'fast-check';
import { KeyCache, timingSafeEqual } from './key-cache.ts';
import { originsOfKey } from './look-up-key.ts';

/** Work in the background, so that a test can wait for it. */
const background: Promise<unknown>[] = [];
const keeper = { waitUntil: (promise: Promise<unknown>) => void background.push(promise.catch(() => {})) };

/** A store in memory, which can fail, and counts its reads. */
function cacheOn(objects: Map<string, string>, cacheMs: number) {
  const bucket = { reads: 0, fails: false };
  const reports: unknown[] = [];
  const cache = new KeyCache({
    store: {
      async get(key) {
        bucket.reads++;
        await sleep(1);
        if (bucket.fails) throw new StoreError('store-unreachable', 'no bucket');
        const text = objects.get(key);
        return text === undefined ? undefined : { bytes: new TextEncoder().encode(text), etag: '' };
      },
    },
    cacheMs,
    report: (_, error) => reports.push(error),
  });
  const find = async (text: string) => cache.find(await identifyKey(text), keeper);
  return { cache, bucket, reports, find };
}

async function stored(change: Parameters<typeof testKey>[0] = {}) {
  const key = await testKey(change);
  return { ...key, objects: new Map([[key.object, JSON.stringify(key.record)]]) };
}

test('a key is read once for many requests, and so is a text that is not a key', async () => {
  const { text, record, objects } = await stored();
  const { find, bucket } = cacheOn(objects, 10_000);
  const found = await Promise.all(Array.from({ length: 20 }, () => find(text)));
  assert.ok(found.every((key) => key?.id === record.id));
  assert.equal(bucket.reads, 1);
  const none = createKeyText('secret');
  for (let i = 0; i < 5; i++) assert.equal(await find(none), undefined);
  assert.equal(bucket.reads, 2);
});

test('a revocation takes effect when the cache expires, or earlier by a background refresh', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const { text, record, object, objects } = await stored();
  const { find, bucket } = cacheOn(objects, 200);
  assert.equal((await find(text))?.revoked, undefined);
  objects.set(object, JSON.stringify({ ...record, revoked: '2026-11-25T04:00:00.000Z' }));
  t.mock.timers.tick(99);
  assert.equal((await find(text))?.revoked, undefined);
  assert.equal(bucket.reads, 1);
  t.mock.timers.tick(1);
  assert.equal((await find(text))?.revoked, undefined);
  assert.equal(bucket.reads, 2);
  await Promise.all(background);
  assert.ok((await find(text))?.revoked, 'the background refresh has read it');
  const other = cacheOn(objects, 50);
  objects.set(object, JSON.stringify(record));
  assert.equal((await other.find(text))?.revoked, undefined);
  objects.set(object, JSON.stringify({ ...record, revoked: '2026-11-25T04:00:00.000Z' }));
  t.mock.timers.tick(50);
  assert.ok((await other.find(text))?.revoked);
});

test('a record with the id of a key but another hash is not accepted', async () => {
  const { text, record, object, objects } = await stored();
  objects.set(object, JSON.stringify({ ...record, sha256: record.id.padEnd(64, '0') }));
  assert.equal(await cacheOn(objects, 0).find(text), undefined);
});

test('a damaged record admits nobody, and is reported', async () => {
  const { text, object, objects } = await stored();
  objects.set(object, '{"id":');
  const { find, reports } = cacheOn(objects, 0);
  assert.equal(await find(text), undefined);
  assert.match(String(reports[0]), /is not a valid key record/);
});

test('while the store fails, known keys stay valid for ten minutes more, and others are an error', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const { text, objects } = await stored();
  const { find, bucket, reports } = cacheOn(objects, 20);
  assert.ok(await find(text));
  bucket.fails = true;
  t.mock.timers.tick(20 + 600_000);
  assert.ok(await find(text));
  await assert.rejects(find(createKeyText('secret')), { code: 'store-unreachable' });
  t.mock.timers.tick(1);
  await assert.rejects(find(text), { code: 'store-unreachable' });
  assert.ok(reports.length > 0);
});

test('a flood of invalid keys neither evicts known keys nor grows the cache without bound', async () => {
  const { text, objects } = await stored();
  const { cache, find, bucket } = cacheOn(objects, 60_000);
  await find(text);
  const guesses = Array.from({ length: 2_500 }, () => createKeyText('secret'));
  await Promise.all(guesses.map(find));
  const before = bucket.reads;
  assert.ok(await find(text));
  assert.equal(bucket.reads, before);
  assert.ok(cache.isKnown(await identifyKey(text)));
  // The first was evicted, the last was not.
  await find(guesses.at(-1)!);
  assert.equal(bucket.reads, before);
  await find(guesses[0]!);
  assert.equal(bucket.reads, before + 1);
});

test('only a valid publishable key has origins', async () => {
  const { text, record, object, objects } = await stored({ kind: 'publishable' });
  const secret = await stored();
  for (const [key, value] of secret.objects) objects.set(key, value);
  const { cache } = cacheOn(objects, 0);
  const access = { keys: cache } as never;
  assert.deepEqual(await originsOfKey(access, text, keeper), ['https://page.example']);
  for (const other of [secret.text, createKeyText('publishable'), `${text}\n`, 'x', '']) {
    assert.equal(await originsOfKey(access, other, keeper), undefined);
  }
  objects.set(object, JSON.stringify({ ...record, revoked: '2026-11-25T04:00:00.000Z' }));
  assert.equal(await originsOfKey(access, text, keeper), undefined);
  assert.equal(await originsOfKey({ keys: undefined } as never, text, keeper), undefined);
});

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);

test('timingSafeEqual is equality', () => {
  fc.assert(fc.property(hex, hex, (a, b) => timingSafeEqual(a, b) === (a === b) && timingSafeEqual(a, a)));
  fc.assert(
    fc.property(hex, fc.nat({ max: 63 }), (a, place) => {
      const other = a.slice(0, place) + (a[place] === '0' ? '1' : '0') + a.slice(place + 1);
      return !timingSafeEqual(a, other);
    }),
  );
  assert.ok(!timingSafeEqual('ab', 'abc') && !timingSafeEqual('abc', 'ab') && !timingSafeEqual('', 'a'));
});

test('timingSafeEqual reads every character, even after the first difference', () => {
  let looked = 0;
  const watched = {
    length: 64,
    charCodeAt(i: number) {
      looked++;
      return i;
    },
  } as unknown as string;
  assert.ok(!timingSafeEqual(watched, 'f'.repeat(64)));
  assert.equal(looked, 64);
});
