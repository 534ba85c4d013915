import assert from 'node:assert/strict';
import test from 'node:test';
import { testWeights } from '@glimpse/test/support/weights';
import fc from 'fast-check';
import { cifar10Small } from '../architectures/cifar10-small.ts';
import { dequantize, readModelFile, readWeights, writeModelFile } from './model-file.ts';

const weights = testWeights(cifar10Small);
const stored = [...weights].map(([name, { shape, values }]) => ({
  entry: { name, shape: [...shape], dtype: 'float32' as const },
  bytes: new Uint8Array(values.slice().buffer),
}));
const { modelJson, weightsBin } = writeModelFile(cifar10Small, stored);
const model = readModelFile(modelJson);

test('weights survive a round trip', () => {
  assert.deepEqual(readWeights(model, new Map([['weights.bin', weightsBin]])), weights);
});

test('shards are joined in the order of the manifest, not of their names', () => {
  const sharded = JSON.parse(modelJson);
  sharded.weightsManifest[0].paths = ['10.bin', '2.bin'];
  const files = new Map([
    ['2.bin', weightsBin.slice(999)],
    ['10.bin', weightsBin.slice(0, 999)],
  ]);
  assert.deepEqual(readWeights(readModelFile(JSON.stringify(sharded)), files), weights);
});

for (const [what, files, message] of [
  ['a missing file', new Map(), /weights\.bin is missing/],
  [
    'half a file',
    new Map([['weights.bin', weightsBin.slice(0, weightsBin.length / 2)]]),
    /the data ends within the weight "conv2d_1\/kernel"/,
  ],
  ['a file that is too long', new Map([['weights.bin', new Uint8Array(weightsBin.length + 4)]]), /4 bytes too many/],
  [
    'weights that are not numbers',
    new Map([['weights.bin', new Uint8Array(weightsBin.length).fill(0xff)]]),
    /not a finite number/,
  ],
] as const) {
  test(`${what} is refused`, () => {
    assert.throws(() => readWeights(model, files), { code: 'network-invalid', message });
  });
}

test('a layer whose weight is missing or has another shape is refused, with both names', () => {
  const missing = JSON.parse(modelJson);
  missing.weightsManifest[0].weights[0].name = 'conv2d/kernel_1';
  assert.throws(() => readModelFile(JSON.stringify(missing)), {
    message: /"conv2d" has no weight "conv2d\/kernel"/,
  });
  const turned = JSON.parse(modelJson);
  turned.weightsManifest[0].weights[0].shape = [3, 3, 8, 3];
  assert.throws(() => readModelFile(JSON.stringify(turned)), {
    message: /"conv2d\/kernel" has the shape \[3,3,8,3\], but the layer needs \[3,3,3,8\]/,
  });
});

test('text that is not a model file is refused', () => {
  assert.throws(() => readModelFile('<!doctype html>'), { code: 'network-invalid', message: 'model.json is not JSON' });
  assert.throws(() => readModelFile('{"format":"graph-model"}'), {
    code: 'network-invalid',
    message: /not a tfjs layers model/,
  });
});

test('float16 is decoded as by Float16Array', () => {
  fc.assert(
    fc.property(fc.uint16Array({ minLength: 1, maxLength: 50 }), (halves) => {
      const values = dequantize(new Uint8Array(halves.slice().buffer), { dtype: 'float16' });
      assert.deepEqual([...values], [...new Float16Array(halves.slice().buffer)]);
    }),
  );
});
