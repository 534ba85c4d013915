import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { type Entries, noisePng, writeEntries } from '@glimpse/test/support/training/image-folder';
import { listFolder } from './list-folder.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-list-folder-'));
after(() => rm(folder, { recursive: true }));
const png = await noisePng(1);

async function made(name: string, entries: Entries): Promise<string> {
  const root = join(folder, name);
  await mkdir(root);
  await writeEntries(root, entries);
  return root;
}

const paths = async (root: string) => (await listFolder(root)).files.map(({ path }) => path);
const skipped = async (root: string) =>
  Object.fromEntries((await listFolder(root)).skipped.map(({ why, count }) => [why, count]));

test('a folder is a class, and its images come in order of their paths', async () => {
  const root = await made('plain', { 'dog/b.png': png, 'dog/a.jpg': png, 'cat/2.webp': png, 'cat/10.GIF': png });
  const { labels, files } = await listFolder(root);
  assert.deepEqual(labels, ['cat', 'dog']);
  assert.deepEqual(
    files.map((file) => [file.path, file.class, file.part, file.size]),
    [
      ['cat/10.GIF', 0, undefined, png.length],
      ['cat/2.webp', 0, undefined, png.length],
      ['dog/a.jpg', 1, undefined, png.length],
      ['dog/b.png', 1, undefined, png.length],
    ],
  );
});

test('what systems and tools leave behind is skipped and counted, and makes no class', async () => {
  const root = await made('junk', {
    'cat/1.png': png,
    'cat/.DS_Store': 'x',
    'cat/._1.png': png,
    'cat/Thumbs.db': 'x',
    'cat/deeper/2.png': png,
    'cat/notes.txt': 'a text',
    'cat/labels.json': '{"a": 1}',
    'dog/1.png': png,
    '.git/HEAD': 'x',
    '.ipynb_checkpoints/1.png': png,
    '__MACOSX/cat/1.png': png,
    'README.md': 'x',
    'loose.png': png,
  });
  assert.deepEqual((await listFolder(root)).labels, ['cat', 'dog']);
  assert.deepEqual(await paths(root), ['cat/1.png', 'dog/1.png']);
  assert.deepEqual(await skipped(root), {
    'hidden entries': 4,
    "entries of a system's own": 2,
    'folders inside a class folder': 1,
    'files that are no images (text)': 1,
    'files that are no images (JSON)': 1,
    'files outside a class folder': 2,
  });
});

test('an image is told by its content where its name does not say so; a name that says so is believed', async () => {
  const root = await made('names', {
    'cat/IMG_0001': png,
    'cat/video.mp4': 'x',
    'cat/page.jpg': '<html>',
    'cat/x.bmp': 'BM',
  });
  assert.deepEqual(await paths(root), ['cat/IMG_0001', 'cat/page.jpg', 'cat/x.bmp']);
});

test('links are followed; a link that leads nowhere is an image that is missing; a socket is left alone', async (t) => {
  const root = await made('links', { 'cat/1.png': png });
  await symlink(join(root, 'cat/1.png'), join(root, 'cat/2.png'));
  await symlink(join(root, 'gone.png'), join(root, 'cat/3.png'));
  await symlink(join(root, 'cat'), join(root, 'dog'));
  const server = createServer().listen(join(root, 'cat/socket'));
  t.after(() => server.close());
  await once(server, 'listening');
  const { labels, files, skipped: left } = await listFolder(root);
  assert.deepEqual(labels, ['cat', 'dog']);
  assert.deepEqual(
    files.filter((file) => file.class === 1).map((file) => [file.path, file.size]),
    [
      ['dog/1.png', png.length],
      ['dog/2.png', png.length],
      ['dog/3.png', 0],
    ],
  );
  assert.deepEqual(left[0], { why: 'pipes, sockets and devices', count: 2, examples: ['cat/socket', 'dog/socket'] });
});

test('train, val and test are the parts; other spellings too', async () => {
  const root = await made('parts', {
    'train/a/1.png': png,
    'Valid/a/2.png': png,
    'test/b/3.png': png,
    'train/.x': 'x',
  });
  const { labels, files, skipped: left } = await listFolder(root);
  assert.deepEqual(labels, ['a', 'b']);
  assert.deepEqual(
    files.map((file) => [file.path, file.class, file.part]),
    [
      ['Valid/a/2.png', 0, 'validation'],
      ['test/b/3.png', 1, 'test'],
      ['train/a/1.png', 0, 'train'],
    ],
  );
  assert.deepEqual(left, [{ why: 'hidden entries', count: 1, examples: ['train/.x'] }]);
});

test('a class may be called train', async () => {
  const beside = await made('vehicles', { 'train/1.png': png, 'bus/1.png': png });
  assert.deepEqual((await listFolder(beside)).labels, ['bus', 'train']);
  const alone = await made('train-and-test', { 'train/1.png': png, 'test/1.png': png });
  assert.deepEqual((await listFolder(alone)).labels, ['test', 'train']);
});

test('one part under two names is refused', async () => {
  const root = await made('twice', { 'train/a/1.png': png, 'val/a/1.png': png, 'validation/a/1.png': png });
  await assert.rejects(listFolder(root), { code: 'data-invalid', message: /one part twice: train, val, validation/ });
});

test('class names that differ between the parts by case alone are refused', async () => {
  const root = await made('cased', { 'train/Cat/1.png': png, 'test/cat/1.png': png });
  await assert.rejects(listFolder(root), { message: /"Cat" and "cat"/ });
});

test('images without folders are refused with how it should look', async () => {
  const root = await made('flat', { '1.png': png, '2.png': png });
  await assert.rejects(listFolder(root), {
    message: /2 files \(1\.png, 2\.png …\) but no folder\. A class is a folder: .*cat\/1\.jpg/,
  });
});
