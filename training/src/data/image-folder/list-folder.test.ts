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

test('a folder is a class, and its images are sorted by path', async () => {
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

test('files of systems and tools are skipped and counted, and are not classes', async () => {
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
    'system files': 2,
    'folders inside a class folder': 1,
    'files that are not images (text)': 1,
    'files that are not images (JSON)': 1,
    'files outside a class folder': 2,
  });
});

test('a file is an image by its extension or, without one, by its content', async () => {
  const root = await made('names', {
    'cat/IMG_0001': png,
    'cat/video.mp4': 'x',
    'cat/page.jpg': '<html>',
    'cat/x.bmp': 'BM',
  });
  assert.deepEqual(await paths(root), ['cat/IMG_0001', 'cat/page.jpg', 'cat/x.bmp']);
});

test('links are followed; a broken link is a missing image; a socket is skipped', async (t) => {
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

test('folders named train, val and test are parts, also in other spellings', async () => {
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

test('one part under two names is rejected', async () => {
  const root = await made('twice', { 'train/a/1.png': png, 'val/a/1.png': png, 'validation/a/1.png': png });
  await assert.rejects(listFolder(root), {
    code: 'data-invalid',
    message: /two folders for the same part: train, val, validation/,
  });
});

test('class names that differ between the parts only in case are rejected', async () => {
  const root = await made('cased', { 'train/Cat/1.png': png, 'test/cat/1.png': png });
  await assert.rejects(listFolder(root), { message: /"Cat" and "cat"/ });
});

test('images without class folders are rejected with an example layout', async () => {
  const root = await made('flat', { '1.png': png, '2.png': png });
  await assert.rejects(listFolder(root), {
    message: /2 files \(1\.png, 2\.png …\) but no folders\. Each class needs a folder: .*cat\/1\.jpg/,
  });
});
