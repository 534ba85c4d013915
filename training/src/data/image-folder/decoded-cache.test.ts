import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { program } from '@glimpse/test/support/training/command-line';
import { classEntries, writeEntries } from '@glimpse/test/support/training/image-folder';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-prepared-'));
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

/** As soon as pixels are being written. */
async function whenWriting(cache: string): Promise<void> {
  for (;;) {
    const [name] = await kept(cache);
    const file =
      name && (await stat(join(folder, cache, 'data/image-folder', name, 'pixels.bin')).catch(() => undefined));
    if (file && file.size > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const whole = await fingerprintOf(started('whole'));

test('what kill -9 leaves is not taken for the whole; the next call starts afresh and clears it away', async () => {
  const child = started('killed');
  await whenWriting('killed');
  child.kill('SIGKILL');
  await once(child, 'close');
  const left = await kept('killed');
  assert.equal(left.length, 1);
  assert.match(left[0]!, /\.unfinished$/);
  assert.equal(await fingerprintOf(started('killed')), whole);
  assert.deepEqual(await kept('killed'), await kept('whole'));
});

test('two processes that prepare the same images at once both get them, and one copy is kept', async () => {
  const two = [started('shared'), started('shared')].map(fingerprintOf);
  assert.deepEqual(await Promise.all(two), [whole, whole]);
  assert.deepEqual(await kept('shared'), await kept('whole'));
});

test('a cache that was cut is made again', async () => {
  const [name] = await kept('whole');
  await truncate(join(folder, 'whole/data/image-folder', name!, 'pixels.bin'), 1000);
  assert.equal(await fingerprintOf(started('whole')), whole);
  assert.deepEqual(await kept('whole'), [name]);
  assert.equal((await stat(join(folder, 'whole/data/image-folder', name!, 'pixels.bin'))).size, 3000 * 64 * 64 * 3);
});
