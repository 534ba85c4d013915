import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { classEntries, noisePng, writeEntries } from '@glimpse/test/support/training/image-folder';
import { type DataRecord, dataRecordSchema } from './data-record.ts';
import { imageFolderDefaults, openData, reopenData } from './open-data.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-open-data-'));
after(() => rm(folder, { recursive: true }));
process.env.GLIMPSE_CACHE = join(folder, 'cache');

const silent = { step() {}, decoded() {} };
const choice = { ...imageFolderDefaults, height: 8, width: 8, splitSeed: 3 };

async function made(name: string): Promise<string> {
  const root = join(folder, name);
  await mkdir(root);
  await writeEntries(root, classEntries(['a', 'b'], 30));
  return root;
}

/** As a run's config.json keeps it. */
const kept = (record: DataRecord) => dataRecordSchema.parse(JSON.parse(JSON.stringify(record)));

test('a record opens the same data set again', async () => {
  const { record, data, input } = await openData(await made('same'), choice, silent);
  assert.equal(input.height, 8);
  assert.notDeepEqual(input.mean, [0, 0, 0]);
  const again = await reopenData(kept(record), silent);
  assert.deepEqual(again.record, record);
  assert.deepEqual(again.data.test.take([0, 1]), data.test.take([0, 1]));
});

test('a folder that has changed is rejected with what was added, removed and changed', async () => {
  const root = await made('changing');
  const record = kept((await openData(root, choice, silent)).record);
  await writeFile(join(root, 'a/new.png'), await noisePng(777));
  await writeFile(join(root, 'a/0.png'), await noisePng(778));
  await unlink(join(root, 'b/5.png'));
  await assert.rejects(reopenData(record, silent), {
    code: 'data-changed',
    message:
      /changing has changed since the run was created: 1 added \(a\/new\.png\), 1 removed \(b\/5\.png\), 1 changed \(a\/0\.png\)\. Restore the files/,
  });
  await rm(process.env.GLIMPSE_CACHE!, { recursive: true });
  await assert.rejects(reopenData(record, silent), { message: /the cache no longer has the earlier list of files/ });
});

test('restored files with other times are the same data', async () => {
  const root = await made('back');
  const record = kept((await openData(root, choice, silent)).record);
  await unlink(join(root, 'a/0.png'));
  await assert.rejects(reopenData(record, silent), { code: 'data-changed' });
  await writeFile(join(root, 'a/0.png'), await noisePng(0));
  assert.equal((await reopenData(record, silent)).record.fingerprint, record.fingerprint);
});

test('a folder called cifar10 is not CIFAR-10, and an unknown name asks for a folder', async () => {
  const { record, data } = await openData(await made('cifar10'), choice, silent);
  assert.equal(data.name, 'own-cifar10');
  await assert.rejects(reopenData({ ...record, name: 'cats', ownPictures: undefined }, silent), {
    code: 'data-unavailable',
    message: /location of the data set "cats" is not recorded\. Pass its folder: --data DIR/,
  });
});
