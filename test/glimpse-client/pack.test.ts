/** `npm -w client run pack`, the documented way to get a file to install, in a checkout without a build. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ROOT } from '../support/worker/start-worker.ts';

const run = promisify(execFile);

test('the packed client is built, although .npmrc turns scripts off', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-pack-'));
  try {
    // A checkout without a build. The dependencies are those of this one.
    for (const name of ['.npmrc', 'package.json', 'tsconfig.base.json', 'shared', 'client']) {
      const filter = (path: string) => !/\/(node_modules|dist)(\/|$)/.test(path.slice(ROOT.length));
      await cp(join(ROOT, name), join(folder, name), { recursive: true, filter });
    }
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await run('npm', ['-w', 'client', 'run', 'pack'], { cwd: folder });
    const [tarball, ...others] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    assert.deepEqual([tarball, others], ['glimpse-client-0.1.0.tgz', []]);
    await run('tar', ['-xzf', tarball!], { cwd: folder });
    const packed = await readdir(join(folder, 'package'), { recursive: true });
    for (const file of ['index.js', 'index.d.ts', 'resize.js', 'resize/index.d.ts']) {
      assert.ok(packed.includes(join('dist', file)), file);
    }
    const { Glimpse } = await import(pathToFileURL(join(folder, 'package/dist/index.js')).href);
    assert.equal(typeof new Glimpse({ endpoint: 'https://glimpse.example' }).classify, 'function');
    // A tarball in the repository is not committed by mistake.
    await run('git', ['check-ignore', '-q', tarball!], { cwd: ROOT });
  } finally {
    await rm(folder, { recursive: true });
  }
});
