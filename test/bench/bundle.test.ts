import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { plainName, totalGzip, weighBundle } from './bundle.ts';

test('scripts and modules are counted, codecs separately, source maps and notes not at all', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-bundle-'));
  t.after(() => rm(folder, { recursive: true }));
  const hash = '0123456789abcdef0123456789abcdef01234567';
  const script = 'export default 1;'.repeat(100);
  await writeFile(join(folder, 'index.js'), script);
  await writeFile(join(folder, 'index.js.map'), '{}');
  await writeFile(join(folder, 'README.md'), 'a note');
  await writeFile(join(folder, `${hash}-mozjpeg_dec.wasm`), 'codec');
  const files = await weighBundle(folder);
  const [own, codec] = [gzipSync(script).length, gzipSync('codec').length];
  assert.deepEqual(files, [
    { name: 'index.js', bytes: 1700, gzip: own, codec: false },
    { name: 'mozjpeg_dec.wasm', bytes: 5, gzip: codec, codec: true },
  ]);
  assert.equal(totalGzip(files, { codecs: false }), own);
  assert.equal(totalGzip(files, { codecs: true }), own + codec);
});

test('only the hashes of wrangler and esbuild are removed from names', () => {
  assert.equal(plainName('6d921a818cf134a4de07204744d66cb6b58631e7-squoosh_png_bg.wasm'), 'squoosh_png_bg.wasm');
  assert.equal(plainName('ort-wasm-simd-threaded-ABCD2345.wasm'), 'ort-wasm-simd-threaded.wasm');
  assert.equal(plainName('tfjs-backend-wasm-simd.wasm'), 'tfjs-backend-wasm-simd.wasm');
});
