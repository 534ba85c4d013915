import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyKey } from '@glimpse/shared/access/key-record';
import { createKeyText } from '@glimpse/shared/access/key-text';
import { StoreError } from '@glimpse/shared/store/store-error';
import { testKey } from '@glimpse/test/support/worker/keys';
import { KeyCache } from './key-cache.ts';
import { originsOfKey } from './origins-of-key.ts';

const keeper = { waitUntil: (promise: Promise<unknown>) => void promise.catch(() => {}) };

/** A bucket in memory, which can fail, and counts what is asked of it. */
function ringOn(objects: Map<string, string>, cacheMs: number) {
  const bucket = { reads: 0, fails: false };
  const reports: unknown[] = [];
  const ring = new KeyCache({
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
  const find = async (text: string) => ring.find(await identifyKey(text), keeper);
  return { ring, bucket, reports, find };
}

async function stored(change: Parameters<typeof testKey>[0] = {}) {
  const key = await testKey(change);
  return { ...key, objects: new Map([[key.object, JSON.stringify(key.record)]]) };
}

test('a key is read once for many requests, and a text that is none as well', async () => {
  const { text, record, objects } = await stored();
  const { find, bucket } = ringOn(objects, 10_000);
  const found = await Promise.all(Array.from({ length: 20 }, () => find(text)));
  assert.ok(found.every((key) => key?.id === record.id));
  assert.equal(bucket.reads, 1);
  const none = createKeyText('secret');
  for (let i = 0; i < 5; i++) assert.equal(await find(none), undefined);
  assert.equal(bucket.reads, 2);
});

test('a revocation is known after the time of the cache, and before it is read again beside an answer', async () => {
  const { text, record, object, objects } = await stored();
  const { find, bucket } = ringOn(objects, 200);
  assert.equal((await find(text))?.revoked, undefined);
  objects.set(object, JSON.stringify({ ...record, revoked: '2026-11-25T04:00:00.000Z' }));
  assert.equal((await find(text))?.revoked, undefined);
  await sleep(120);
  assert.equal((await find(text))?.revoked, undefined);
  assert.equal(bucket.reads, 2);
  await sleep(20);
  assert.ok((await find(text))?.revoked, 'by what was read meanwhile');
  const other = ringOn(objects, 50);
  objects.set(object, JSON.stringify(record));
  assert.equal((await other.find(text))?.revoked, undefined);
  objects.set(object, JSON.stringify({ ...record, revoked: '2026-11-25T04:00:00.000Z' }));
  await sleep(60);
  assert.ok((await other.find(text))?.revoked);
});

test('an object under the id of a key, but with the hash of another, is not taken', async () => {
  const { text, record, object, objects } = await stored();
  objects.set(object, JSON.stringify({ ...record, sha256: record.id.padEnd(64, '0') }));
  assert.equal(await ringOn(objects, 0).find(text), undefined);
});

test('an object that is damaged lets nobody in, and is reported', async () => {
  const { text, object, objects } = await stored();
  objects.set(object, '{"id":');
  const { find, reports } = ringOn(objects, 0);
  assert.equal(await find(text), undefined);
  assert.match(String(reports[0]), /is no record of a key/);
});

test('while the bucket fails, keys that are known hold, and others are an error', async () => {
  const { text, objects } = await stored();
  const { find, bucket, reports } = ringOn(objects, 20);
  assert.ok(await find(text));
  bucket.fails = true;
  await sleep(30);
  assert.ok(await find(text));
  await assert.rejects(find(createKeyText('secret')), { code: 'store-unreachable' });
  assert.ok(reports.length > 0);
});

test('no flood of texts that are no keys pushes out what is known, or grows without bounds', async () => {
  const { text, objects } = await stored();
  const { ring, find, bucket } = ringOn(objects, 60_000);
  await find(text);
  const guesses = Array.from({ length: 2_500 }, () => createKeyText('secret'));
  await Promise.all(guesses.map(find));
  const before = bucket.reads;
  assert.ok(await find(text));
  assert.equal(bucket.reads, before);
  assert.ok(ring.isKnown(await identifyKey(text)));
  // The first of them is forgotten, the last is not.
  await find(guesses.at(-1)!);
  assert.equal(bucket.reads, before);
  await find(guesses[0]!);
  assert.equal(bucket.reads, before + 1);
});

test('the pages of a publishable key that holds, and of nothing else', async () => {
  const { text, record, object, objects } = await stored({ kind: 'publishable' });
  const secret = await stored();
  for (const [key, value] of secret.objects) objects.set(key, value);
  const { ring } = ringOn(objects, 0);
  const access = { keys: ring } as never;
  assert.deepEqual(await originsOfKey(access, text, keeper), ['https://page.example']);
  for (const other of [secret.text, createKeyText('publishable'), `${text}\n`, 'x', '']) {
    assert.equal(await originsOfKey(access, other, keeper), undefined);
  }
  objects.set(object, JSON.stringify({ ...record, revoked: '2026-11-25T04:00:00.000Z' }));
  assert.equal(await originsOfKey(access, text, keeper), undefined);
  assert.equal(await originsOfKey({ keys: undefined } as never, text, keeper), undefined);
});
