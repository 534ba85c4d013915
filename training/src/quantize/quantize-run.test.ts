import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { verifyVersion } from '@glimpse/shared/release/files';
import { colorData } from '@glimpse/test/support/training/data';
import { trainedRun } from '@glimpse/test/support/training/trained-run';
import type { Checkpoint } from '../fit/checkpoint.ts';
import { readReleaseFolder } from '../publish/release-folder.ts';
import { RunFolder } from '../run/run-folder.ts';
import { quantizeRun } from './quantize-run.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-quantize-'));
after(() => rm(folder, { recursive: true }));
const data = colorData();
const { run: base } = await trainedRun(folder, { epochs: 25 });
const trained = await base.lastCheckpoint();

let runs = 0;
async function finishedRun(checkpoint: Checkpoint): Promise<RunFolder> {
  const environment = await base.environment();
  const run = await RunFolder.create(join(folder, String(++runs)), base.config, { environment, checkpoint });
  await run.writeOutcome({ status: 'finished', endedAt: '2026-11-25T03:12:00.000Z' });
  return run;
}

const options = { model: 'colors', maxDrop: 2, onProgress() {} };

for (const dtype of ['uint8', 'uint16', 'float16'] as const) {
  test(`a run becomes a valid ${dtype} release with its provenance`, async () => {
    const run = await finishedRun(trained);
    const written = await quantizeRun(run, data, { ...options, dtype });
    const { manifest, files } = await readReleaseFolder(run.releasePath);
    assert.deepEqual(manifest, written);
    await verifyVersion(manifest);
    assert.match(manifest.version, /^20261125T0312Z-/);
    assert.equal(manifest.quantization, dtype);
    assert.equal(manifest.run.engine.name, 'wasm');
    assert.ok(manifest.metrics.float.accuracy > 0.8);
    assert.ok(Math.abs(manifest.metrics.float.accuracy - manifest.metrics.quantized.accuracy) <= 0.02);
    const bytes = { uint8: 1, uint16: 2, float16: 2 }[dtype];
    // 2,008 kernel values, 34 biases
    assert.equal(files.get('weights.bin')!.length, 2008 * bytes + 34 * 4);
  });
}

test('shards are listed in order and read back as the same network', async () => {
  const run = await finishedRun(trained);
  const whole = await quantizeRun(run, data, { ...options, dtype: 'uint8' });
  const sharded = await quantizeRun(run, data, { ...options, dtype: 'uint8', shardBytes: 200 });
  const names = Array.from({ length: 11 }, (_, i) => `weights-${String(i + 1).padStart(2, '0')}-of-11.bin`);
  assert.deepEqual(
    sharded.files.map(({ path }) => path),
    ['model.json', ...names],
  );
  assert.deepEqual(sharded.metrics, whole.metrics);
  assert.notEqual(sharded.version, whole.version);
  assert.deepEqual((await readReleaseFolder(run.releasePath)).manifest, sharded);
});

test('a quantization that loses too much accuracy is rejected, and nothing is written', async () => {
  // One filter, which the rest of the network ignores, gets a weight so large that 8 bits cannot resolve the others.
  const weights = new Map(
    [...trained.weights].map(([name, { shape, values }]) => [name, { shape, values: values.slice() }]),
  );
  weights.get('conv2d/kernel')!.values[7] = 1e5;
  const next = weights.get('conv2d_1/kernel')!.values;
  for (let i = 0; i < next.length; i++) if (Math.floor(i / 16) % 8 === 7) next[i] = 0;
  const run = await finishedRun({ ...trained, weights });
  await assert.rejects(quantizeRun(run, data, { ...options, dtype: 'uint8', maxDrop: 2 }), {
    code: 'accuracy-drop',
    message:
      /uint8 costs \d+\.\d\d points of accuracy .* more than the 2 allowed\. Nothing was written\. Use --dtype uint16/,
  });
  assert.ok(!existsSync(run.releasePath));
});
