/** What both kinds of private bucket promise: R2 by the binding, and an S3 server. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { root } from '@glimpse/test/support/worker/root';
import { startS3 } from '@glimpse/test/support/worker/s3-server';
import { startWorker } from '@glimpse/test/support/worker/worker';
import { openPrivateStore } from './private.ts';
import type { PrivateStore } from './private-store.ts';

const s3 = await startS3('private');
const worker = await startWorker();
after(async () => {
  await worker.close();
  s3.close();
});

const options = { deadlineMs: 2_000 };
const onS3 = {
  kind: 's3' as const,
  endpoint: s3.endpoint,
  bucket: 'private',
  bucketVariable: 'PRIVATE_S3_BUCKET',
  prefix: '',
  region: 'auto',
  accessKeyId: 'key',
  secretAccessKey: 'secret',
};
const stores: [string, PrivateStore][] = [
  ['R2', openPrivateStore({ kind: 'r2', bucket: worker.privateBucket as never }, options)],
  ['S3', openPrivateStore(onS3, options)],
];

const bytes = (text: string) => new TextEncoder().encode(text);
const read = async (store: PrivateStore, key: string) => {
  const object = await store.get(key, { maxBytes: 100 });
  return object && new TextDecoder().decode(object.bytes);
};

for (const [name, store] of stores) {
  test(`${name}: an object is written once, replaced by its etag alone, and deleted`, async () => {
    assert.equal(await read(store, 'a/1.json'), undefined);
    assert.equal(await store.put('a/1.json', bytes('one'), 'absent'), true);
    assert.equal(await store.put('a/1.json', bytes('two'), 'absent'), false);
    assert.equal(await read(store, 'a/1.json'), 'one');
    const { etag } = (await store.get('a/1.json', { maxBytes: 100 }))!;
    assert.equal(await store.put('a/1.json', bytes('three'), { etag }), true);
    assert.equal(await store.put('a/1.json', bytes('four'), { etag }), false);
    assert.equal(await read(store, 'a/1.json'), 'three');
    assert.equal(await store.put('a/1.json', bytes('five'), 'any'), true);
    assert.equal(await store.put('a/none.json', bytes('x'), { etag }), false);
    await store.delete('a/1.json');
    await store.delete('a/1.json');
    assert.equal(await read(store, 'a/1.json'), undefined);
  });

  test(`${name}: a list goes page by page and keeps to its prefix`, async () => {
    const keys = ['day/1.json', 'day/2.json', 'day/3&<x>.json', 'day/4.json', 'other/1.json'];
    for (const key of keys) await store.put(key, bytes(key), 'any');
    const listed: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await store.list('day/', { limit: 2, cursor });
      for (const { key, size } of page.objects) {
        assert.equal(size, key.length);
        listed.push(key);
      }
      cursor = page.cursor;
      pages++;
    } while (cursor);
    assert.deepEqual(listed.sort(), keys.slice(0, 4).sort());
    assert.equal(pages, 2);
    assert.deepEqual((await store.list('none/', { limit: 10 })).objects, []);
  });

  test(`${name}: what is larger than expected is refused`, async () => {
    await store.put('large', bytes('x'.repeat(101)), 'any');
    await assert.rejects(read(store, 'large'), { code: 'object-too-large' });
  });
}

test('S3: a bucket that is not there is named by its own variable', async () => {
  const store = openPrivateStore({ ...onS3, bucket: 'none' }, options);
  await assert.rejects(store.put('a', bytes('a'), 'any'), { code: 'store-refused', message: /PRIVATE_S3_BUCKET/ });
});

test('S3: a server that falls silent is given up', async () => {
  s3.disturb = () => true;
  const store = openPrivateStore(onS3, { deadlineMs: 100 });
  await Promise.all(
    [store.put('a', bytes('a'), 'any'), store.delete('a'), store.list('a', { limit: 1 })].map((work) =>
      assert.rejects(work, { code: 'store-unreachable' }),
    ),
  );
  s3.disturb = undefined;
});

test('wrangler.toml binds two different buckets', async () => {
  const names = [...(await readFile(join(root, 'wrangler.toml'), 'utf8')).matchAll(/^bucket_name = "(.+)"$/gm)];
  assert.equal(new Set(names.map(([, name]) => name)).size, 2);
});
