import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, beforeEach } from 'node:test';
import { feedbackKeys } from '@glimpse/shared/feedback/names';
import type { FeedbackRecord, StoredImage } from '@glimpse/shared/feedback/record';
import { sha256 } from '@glimpse/shared/release/sha256';
import { listAll } from '@glimpse/shared/store/object-store';
import { noisePng } from '@glimpse/test/support/training/image-folder';
import * as fc from 'fast-check';
import sharp from 'sharp';
import { listCsv } from '../data/image-folder/list-csv.ts';
import { listFolder } from '../data/image-folder/list-folder.ts';
import { openLocalStore } from '../store/local-store.ts';
import { feedbackToPrune } from './prune.ts';
import { pull } from './pull.ts';
import { folderName } from './pulled-folder.ts';
import { deleteFeedback, listFeedback } from './stored-feedback.ts';

const root = await mkdtemp(join(tmpdir(), 'glimpse-feedback-'));
await copyFile(join(import.meta.dirname, '../../../wrangler.toml'), join(root, 'wrangler.toml'));
const store = await openLocalStore(root, 'account');
after(async () => {
  await store.close();
  await rm(root, { recursive: true });
});
beforeEach(async () => {
  for (const { key } of await listAll(store, 'feedback/')) await store.delete(key);
});

const model = 'animals';
const text = (value: unknown) =>
  Uint8Array.from(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
const idOf = (n: number, day = '2026-11-25') => `${day}-${n.toString(16).padStart(32, '0')}`;

interface Given {
  readonly day?: string;
  readonly label?: string;
  /** Bytes and what is said of them; a PNG where it is left out. */
  readonly image?: { bytes: Uint8Array<ArrayBuffer>; is: Partial<StoredImage> } | null;
}

/** Writes the n-th feedback as the Worker does. */
async function give(n: number, { day = '2026-11-25', label = 'cat', image }: Given = {}): Promise<string> {
  const id = idOf(n, day);
  const { bytes, is } = image ?? { bytes: new Uint8Array(await noisePng(n)), is: {} };
  const record: FeedbackRecord = {
    ...{ formatVersion: 1, id, model, version: '20261125T0915Z-12702b91', label, sentSha256: await sha256(bytes) },
    answer: { label: 'dog', index: 1, score: 0.75, time: `${day}T10:00:00.000Z` },
    time: `${day}T10:01:00.000Z`,
    ...(image !== null && { picture: { format: 'png', size: bytes.length, sha256: await sha256(bytes), ...is } }),
  };
  if (image !== null) await store.put(feedbackKeys.image(model, id), bytes, 'any');
  await store.put(feedbackKeys.record(model, id), text(record), 'any');
  return id;
}

const newFolder = async () => join(await mkdtemp(join(root, 'out-')), 'pulled');
const filesOf = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

test('one folder per label, as training reads it; records without an image are only in the list', async () => {
  const folder = await newFolder();
  await give(1);
  await give(2, { label: 'dog' });
  await give(3, { label: 'dog' });
  await give(4, { image: null });
  const pulled = await pull(store, { model, folder });
  assert.deepEqual(pulled, { records: 4, images: 3, fetched: 3, removed: 0, broken: [], renamed: [] });
  const listing = await listFolder(folder);
  assert.deepEqual(listing.labels, ['cat', 'dog']);
  assert.deepEqual(
    listing.files.map(({ path }) => path),
    [`cat/${idOf(1)}.png`, `dog/${idOf(2)}.png`, `dog/${idOf(3)}.png`],
  );
  assert.deepEqual((await listCsv(join(folder, 'labels.csv'))).files.length, 3);
  const lines = (await readFile(join(folder, 'feedback.jsonl'), 'utf8')).trim().split('\n');
  const read = lines.map((line) => JSON.parse(line));
  assert.deepEqual(
    read.map(({ id, file }) => [id, file]),
    [
      [idOf(1), `cat/${idOf(1)}.png`],
      [idOf(2), `dog/${idOf(2)}.png`],
      [idOf(3), `dog/${idOf(3)}.png`],
      [idOf(4), undefined],
    ],
  );
  assert.ok(Buffer.from(await noisePng(1)).equals(await readFile(join(folder, `cat/${idOf(1)}.png`))));
});

test('a second pull fetches nothing; a changed label moves the image, and deleted feedback is deleted', async () => {
  const folder = await newFolder();
  for (const n of [1, 2, 3]) await give(n);
  await pull(store, { model, folder });
  const mine = join(folder, 'cat', 'mine.png');
  await writeFile(mine, await noisePng(9));
  const before = await stat(join(folder, `cat/${idOf(1)}.png`));
  const again = await pull(store, { model, folder });
  assert.deepEqual([again.records, again.fetched, again.removed], [3, 0, 0]);
  assert.equal((await stat(join(folder, `cat/${idOf(1)}.png`))).mtimeMs, before.mtimeMs);

  await give(2, { label: 'frog' });
  await deleteFeedback(store, model, idOf(3));
  const later = await pull(store, { model, folder });
  assert.deepEqual([later.records, later.fetched, later.removed], [2, 0, 1]);
  assert.deepEqual(await filesOf(folder), [
    `cat/${idOf(1)}.png`,
    'cat/mine.png',
    'feedback.jsonl',
    `frog/${idOf(2)}.png`,
    'labels.csv',
  ]);
  await give(2, { label: 'dog' });
  await pull(store, { model, folder });
  assert.deepEqual((await listFolder(folder)).labels, ['cat', 'dog']);
});

test('--since leaves older days as they were pulled', async () => {
  const folder = await newFolder();
  await give(1, { day: '2026-10-01' });
  await give(2, { day: '2026-11-02' });
  await pull(store, { model, folder });
  await deleteFeedback(store, model, idOf(1, '2026-10-01'));
  await give(3, { day: '2026-11-03' });
  const pulled = await pull(store, { model, folder, since: '2026-11-02' });
  assert.deepEqual([pulled.records, pulled.fetched, pulled.removed], [3, 1, 0]);
  assert.equal((await pull(store, { model, folder })).removed, 1);
});

test('invalid objects are reported and skipped', async () => {
  const folder = await newFolder();
  await give(1);
  for (const n of [2, 3, 4, 5, 6, 7]) await give(n);
  const recordKey = (n: number) => feedbackKeys.record(model, idOf(n));
  await store.put(recordKey(2), text('{"cut'), 'any');
  await store.put(recordKey(3), text({}), 'any');
  await store.put(recordKey(4), (await store.get(recordKey(1)))!.bytes, 'any');
  await store.delete(feedbackKeys.image(model, idOf(5)));
  await store.put(feedbackKeys.image(model, idOf(6)), text('other bytes'), 'any');
  await store.put(recordKey(7), text(' '.repeat(20_000)), 'any');
  const { broken, images } = await pull(store, { model, folder });
  assert.deepEqual(broken.map(({ id, why }) => [Number.parseInt(id.slice(-4), 16), why]).sort(), [
    [2, 'is not JSON'],
    [3, 'is not a feedback record: invalid formatVersion, id, model, version, answer, label, time, sentSha256'],
    [4, 'belongs under another key'],
    [5, 'has no image in the store'],
    [6, 'has an image that does not match its hash'],
    [7, 'has 20000 bytes, more than a record can have'],
  ]);
  assert.equal(images, 1);
  assert.deepEqual((await listFolder(folder)).files.length, 1);
});

test('raw pixels become a PNG with the same pixels', async () => {
  const folder = await newFolder();
  const bytes = Uint8Array.from({ length: 4 * 3 * 3 }, (_, i) => i * 7);
  const id = await give(1, { image: { bytes, is: { format: 'rgb8', width: 4, height: 3 } } });
  await give(2, { image: { bytes, is: { format: 'rgb8', width: 4, height: 4 } } });
  const { broken } = await pull(store, { model, folder });
  assert.deepEqual(broken, [{ id: idOf(2), why: 'has pixel data that is not 4 x 4' }]);
  const read = await sharp(join(folder, `cat/${id}.png`))
    .raw()
    .toBuffer();
  assert.ok(read.equals(Buffer.from(bytes)));
});

test('after an interruption at any point, a second pull gives the same folder', async () => {
  for (let n = 1; n <= 12; n++) await give(n, { label: n % 2 ? 'cat' : 'dog' });
  const whole = await newFolder();
  await pull(store, { model, folder: whole });
  for (const reads of [0, 5, 12, 15, 20, 23]) {
    const folder = await newFolder();
    let left = reads;
    const failing = {
      ...store,
      get: (key: string) => (left-- > 0 ? store.get(key) : Promise.reject(new Error('the line is cut'))),
    };
    await assert.rejects(pull(failing, { model, folder }), /the line is cut/);
    // Meanwhile somebody thinks better of it, and back again.
    await give(1, { label: 'frog' });
    await pull(store, { model, folder });
    await give(1, { label: 'cat' });
    await pull(store, { model, folder });
    assert.deepEqual(await filesOf(folder), await filesOf(whole), `after ${reads} reads`);
    for (const name of ['feedback.jsonl', 'labels.csv']) {
      assert.equal(await readFile(join(folder, name), 'utf8'), await readFile(join(whole, name), 'utf8'));
    }
  }
});

test('two models in one folder do not affect each other', async () => {
  const folder = await newFolder();
  await give(1);
  await pull(store, { model, folder });
  const other = await pull(store, { model: 'others', folder });
  assert.deepEqual([other.records, other.removed], [0, 0]);
  assert.ok((await filesOf(folder)).includes(`cat/${idOf(1)}.png`));
});

test('a list of files that leads elsewhere removes nothing there', async () => {
  const folder = await newFolder();
  await mkdir(folder, { recursive: true });
  const outside = join(folder, '..', 'precious.png');
  await writeFile(outside, 'x');
  for (const file of ['../precious.png', outside, `../../x/${idOf(1)}.png`]) {
    await writeFile(join(folder, 'feedback.jsonl'), `${JSON.stringify({ id: idOf(1), model, file })}\n`);
    await pull(store, { model, folder });
    assert.equal(await readFile(outside, 'utf8'), 'x');
  }
});

test('labels that are not valid folder names are in the list in full', async () => {
  const folder = await newFolder();
  const labels = ['cat/dog', '..', '.hidden', 'a,b "c"', 'é'];
  for (const [i, label] of labels.entries()) await give(i + 1, { label });
  const { renamed } = await pull(store, { model, folder });
  assert.deepEqual([...renamed].sort(), ['.hidden', '..', 'cat/dog'].sort());
  assert.deepEqual([...(await listCsv(join(folder, 'labels.csv'))).labels].sort(), [...labels].sort());
  assert.equal((await listFolder(folder)).files.length, labels.length);
});

test('whatever the label, the folder is one that a disk takes, inside this one', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 1000, unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }),
      (label) => {
        const name = folderName(label);
        assert.ok(name.length > 0 && Buffer.byteLength(name) <= 255);
        assert.ok(!/[/\\\0]|^\./.test(name));
      },
    ),
    { numRuns: 1000 },
  );
});

test('what is older than its time goes, and an image that never got its record', async () => {
  await give(1, { day: '2025-11-24' });
  await give(2, { day: '2025-11-25' });
  await store.put(feedbackKeys.image(model, idOf(3)), text('image'), 'any');
  await store.put(`feedback/${model}/stray.txt`, text('of somebody else'), 'any');
  const listed = await listFeedback(store, model);
  const now = new Date('2026-11-25T12:00:00Z');
  const ids = (date: Date) => feedbackToPrune(listed, 365, date).map(({ id }) => id);
  assert.deepEqual(ids(now), [idOf(1, '2025-11-24')]);
  const dayLater = new Date(Date.now() + 25 * 3_600_000);
  assert.ok(feedbackToPrune(listed, 36_500, dayLater).some(({ id }) => id === idOf(3)));
  assert.deepEqual(feedbackToPrune(listed, 36_500, new Date()), []);
});
