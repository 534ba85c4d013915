import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

const dist = join(import.meta.dirname, '../dist');
const build = () => promisify(execFile)(process.execPath, [join(import.meta.dirname, 'build.ts')]);

test('concurrent builds are safe, and files of an earlier build are removed', async () => {
  await build();
  await writeFile(join(dist, 'left.txt'), 'x');
  await Promise.all([build(), build(), build()]);
  const files = await readdir(dist, { recursive: true });
  assert.ok(files.includes('openapi.json') && files.includes('docs.html') && !files.includes('left.txt'));
  assert.match(JSON.parse(await readFile(join(dist, 'openapi.json'), 'utf8')).openapi, /^3\.1/);
});

test('an unchanged file is not rewritten, so that watchers are not triggered', async () => {
  const { mtimeMs } = await stat(join(dist, 'openapi.json'));
  await build();
  assert.equal((await stat(join(dist, 'openapi.json'))).mtimeMs, mtimeMs);
});
