import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { testRelease } from '@glimpse/test/support/release';
import { atTemperature } from '../model/network/predictions.ts';
import { useWasmBackend } from '../model/runtime/node-wasm-backend.ts';
import { Classifier } from './classifier.ts';

before(useWasmBackend);
const { manifest, files } = await testRelease();
const pixels = Uint8Array.from({ length: 2 * 3072 }, (_, i) => (i * 31) % 256);

test('each image has a probability for each label', () => {
  const scores = Classifier.fromRelease(manifest, files).classify(pixels);
  assert.equal(scores.length, 20);
  for (const image of [scores.slice(0, 10), scores.slice(10)]) {
    assert.ok(Math.abs(image.reduce((sum, p) => sum + p, 0) - 1) < 1e-6);
  }
});

test("the release's temperature is applied to each image separately", () => {
  const plain = Classifier.fromRelease(manifest, files).classify(pixels);
  const soft = Classifier.fromRelease({ ...manifest, calibration: { temperature: 2 } }, files).classify(pixels);
  assert.deepEqual(
    soft,
    Float32Array.of(...atTemperature(plain.slice(0, 10), 2), ...atTemperature(plain.slice(10), 2)),
  );
});

test('a release in twelve shards has the same results as one in a single file', async () => {
  const sharded = await testRelease({ shardBytes: 700 });
  assert.equal(sharded.files.size, 13);
  const whole = Classifier.fromRelease(manifest, files).classify(pixels);
  assert.deepEqual(Classifier.fromRelease(sharded.manifest, sharded.files).classify(pixels), whole);
  const { files: listed } = sharded.manifest;
  for (const wrong of [
    [listed[0]!, ...listed.slice(1).toReversed()],
    listed.slice(0, -1),
    [...listed, { ...listed[1]!, path: 'x' }],
  ]) {
    assert.throws(() => Classifier.fromRelease({ ...sharded.manifest, files: wrong }, sharded.files), {
      code: 'release-malformed',
      message: /lists 1[1-3] weight files and model\.json 12\. They must list the same files in the same order/,
    });
  }
});

test('a network that does not match its labels or its input contract is refused', () => {
  assert.throws(() => Classifier.fromRelease({ ...manifest, labels: ['a', 'b'] }, files), {
    message: /10 outputs, but the release has 2 labels/,
  });
  const input = { ...manifest.input, height: 64 };
  assert.throws(() => Classifier.fromRelease({ ...manifest, input }, files), {
    message: /input is \[32,32,3\], .* contract is \[64,32,3\]/,
  });
});
