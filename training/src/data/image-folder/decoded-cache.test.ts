import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { program } from '@glimpse/test/support/training/command-line';
import { classEntries, writeEntries } from '@glimpse/test/support/training/image-folder';
import { type CachedImage, describeChanges } from './decoded-cache.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-decoded-'));
after(() => rm(folder, { recursive: true }));
const images = join(folder, 'images');
await mkdir(images);
await writeEntries(images, classEntries(['a', 'b', 'c'], 1000));

const started = (cache: string): ChildProcess =>
  spawn(process.execPath, [program, '--json', 'data', images], {
    env: { ...process.env, GLIMPSE_CACHE: join(folder, cache) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });

async function fingerprintOf(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout!.on('data', (data) => {
    text += data;
  });
  await once(child, 'close');
  return JSON.parse(text).fingerprint as string;
}

const kept = async (cache: string) => readdir(join(folder, cache, 'data/image-folder')).catch((): string[] => []);

/** Resolves when pixels are being written. */
async function whenWriting(cache: string): Promise<void> {
  for (;;) {
    const [name] = await kept(cache);
    const file =
      name && (await stat(join(folder, cache, 'data/image-folder', name, 'pixels.bin')).catch(() => undefined));
    if (file && file.size > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const expected = await fingerprintOf(started('expected'));

test('an unfinished folder of a killed process is not used; the next call decodes again and removes it', async () => {
  const child = started('killed');
  await whenWriting('killed');
  child.kill('SIGKILL');
  await once(child, 'close');
  const left = await kept('killed');
  assert.equal(left.length, 1);
  assert.match(left[0]!, /\.unfinished$/);
  assert.equal(await fingerprintOf(started('killed')), expected);
  assert.deepEqual(await kept('killed'), await kept('expected'));
});

test('two processes that decode the same images concurrently both succeed, and one copy is kept', async () => {
  const two = [started('shared'), started('shared')].map(fingerprintOf);
  assert.deepEqual(await Promise.all(two), [expected, expected]);
  assert.deepEqual(await kept('shared'), await kept('expected'));
});

test('a truncated cache is decoded again', async () => {
  const [name] = await kept('expected');
  await truncate(join(folder, 'expected/data/image-folder', name!, 'pixels.bin'), 1000);
  assert.equal(await fingerprintOf(started('expected')), expected);
  assert.deepEqual(await kept('expected'), [name]);
  assert.equal((await stat(join(folder, 'expected/data/image-folder', name!, 'pixels.bin'))).size, 3000 * 64 * 64 * 3);
});

const cachedImage = (path: string, change: Partial<CachedImage> = {}): CachedImage => ({
  path,
  class: 0,
  size: 1,
  fileHash: 'h',
  ...change,
});

test('changes are described by number, with the first three names', () => {
  const before = ['a', 'b', 'c', 'd', 'e'].map((path) => cachedImage(path));
  const now = [
    cachedImage('a'),
    cachedImage('b', { fileHash: 'other' }),
    cachedImage('c', { class: 1 }),
    ...['v', 'w', 'x', 'y'].map((path) => cachedImage(path)),
  ];
  assert.equal(
    describeChanges(before, now),
    '4 added (v, w, x …), 2 removed (d, e), 1 changed (b), 1 with another class or part (c)',
  );
});

test('without changes, the description is empty', () =>
  assert.equal(describeChanges([cachedImage('a')], [cachedImage('a')]), ''));
