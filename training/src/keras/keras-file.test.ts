import assert from 'node:assert/strict';
import test from 'node:test';
import { defineArchitecture } from '@glimpse/shared/model/network/architecture';
import { testInput } from '@glimpse/test/support/release';
import { testWeights } from '@glimpse/test/support/weights';
import fc from 'fast-check';
import { settingsSchema } from '../fit/settings.ts';
import { exportModel } from './export-model.ts';
import { writeHdf5 } from './hdf5.ts';
import { importModel } from './import-model.ts';
import type { KerasFile } from './keras-file.ts';
import { parseKerasFile } from './parse-keras-file.ts';
import { readKerasFile } from './read-keras-file.ts';
import { writeKerasFile } from './write-keras-file.ts';

const architecture = defineArchitecture(
  'net',
  [8, 8, 3],
  [
    { className: 'Conv2D', config: { filters: 4, kernelSize: 3 } },
    { className: 'BatchNormalization' },
    { className: 'Activation', config: { activation: 'relu' } },
    { className: 'Flatten' },
    { className: 'Dense', config: { units: 3, activation: 'softmax' } },
  ],
);
const weights = testWeights(architecture);
const settings = settingsSchema.parse({});
const exported = exportModel({ architecture, weights, settings, labels: ['a', 'b', 'c'], input: testInput });
const bytes = await writeKerasFile(exported);

const invalid = (message: RegExp) => ({ code: 'keras-file-invalid', message });

test('a written file reads back with identical weights', async () => {
  const { weights: stored, ...rest } = await readKerasFile(bytes, 'net.h5');
  const { weights: expected, ...expectedRest } = exported;
  assert.deepEqual(rest, JSON.parse(JSON.stringify(expectedRest)));
  assert.deepEqual([...stored], [...expected]);
  const again = importModel({ weights: stored, ...rest }, 'net');
  assert.deepEqual(again.weights, weights);
  assert.deepEqual(again.architecture, architecture);
});

test('any float32 survives a round trip', async () => {
  const tensor = fc.float32Array({ noNaN: true, noDefaultInfinity: true, minLength: 1, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(tensor, fc.string({ minLength: 1, maxLength: 200 }), async (values, text) => {
      const file: KerasFile = {
        kerasVersion: '2.15.0',
        modelConfig: { text },
        weights: new Map([['layer', [{ name: 'kernel', shape: [values.length], values }]]]),
      };
      const read = await parseKerasFile(await writeKerasFile(file));
      assert.deepEqual(read.weights.get('layer')![0]!.values, values);
      assert.deepEqual(read.modelConfig, { text });
    }),
    { numRuns: 50 },
  );
});

test('a configuration above 64 KiB, the limit of an HDF5 attribute, and a thousand layers survive a round trip', async () => {
  const names = Array.from({ length: 1000 }, (_, i) => `a-layer-with-a-long-name-of-its-own-${i}`);
  const file: KerasFile = {
    kerasVersion: '2.15.0',
    modelConfig: { long: 'x'.repeat(200_000) },
    weights: new Map(names.map((name) => [name, []])),
  };
  const read = await readKerasFile(await writeKerasFile(file), 'long.h5');
  assert.deepEqual(read.modelConfig, file.modelConfig);
  assert.deepEqual([...read.weights.keys()], names);
});

test('a list that Keras split into several attributes is joined', async () => {
  const split = await writeHdf5((file) => {
    file.create_attribute('model_config', '{}');
    const root = file.create_group('model_weights');
    root.create_attribute('layer_names0', ['a', 'b']);
    root.create_attribute('layer_names1', ['c']);
    for (const name of ['a', 'b', 'c']) root.create_group(name).create_attribute('weight_names', [], [0], 'S1');
  });
  assert.deepEqual([...(await readKerasFile(split, 'split.h5')).weights.keys()], ['a', 'b', 'c']);
});

test('errors for other files name their format', async () => {
  const read = (content: Uint8Array | string) => readKerasFile(Buffer.from(content), 'x.h5');
  await assert.rejects(read(''), invalid(/^x\.h5 is empty/));
  await assert.rejects(read('<!doctype html>'), invalid(/^x\.h5 is a web page/));
  await assert.rejects(read('PK\x03\x04 and so on'), invalid(/zip archive, like Keras' \.keras files\. Save/));
  const other = await writeHdf5((file) => file.create_attribute('title', 'measurements'));
  await assert.rejects(
    read(other),
    invalid(/does not contain a Keras model \(the attribute model_config is missing\)/),
  );
  const weightsOnly = await writeHdf5((file) => file.create_attribute('layer_names', ['a']));
  await assert.rejects(read(weightsOnly), invalid(/contains only weights.*model\.save\("FILE\.h5"\)/));
});

test('a truncated file is rejected as damaged', async () => {
  for (const share of [0.1, 0.5, 0.9, 0.999]) {
    const cut = bytes.subarray(0, Math.floor(bytes.length * share));
    await assert.rejects(
      readKerasFile(cut, 'cut.h5'),
      invalid(/cut\.h5 cannot be read: truncated file.*not copied in full/),
    );
  }
});

/** The same model with one dataset changed. */
function withKernel(write: (group: Parameters<Parameters<typeof writeHdf5>[0]>[0]) => void): Promise<Uint8Array> {
  return writeHdf5((file) => {
    file.create_attribute('model_config', '{}');
    const root = file.create_group('model_weights');
    root.create_attribute('layer_names', ['dense']);
    const layer = root.create_group('dense');
    layer.create_attribute('weight_names', ['kernel:0']);
    write(layer as typeof file);
  });
}

test('a weight that is not finite, not float32 or too large is rejected', async () => {
  const one = (data: Float32Array | Float64Array, dtype: string) =>
    withKernel((group) => group.create_dataset({ name: 'kernel:0', data, shape: [2], dtype }));
  const nan = await one(Float32Array.of(1, Number.NaN), '<f');
  await assert.rejects(
    readKerasFile(nan, 'x.h5'),
    invalid(/the weight "kernel:0" of layer "dense" contains NaN at index 1/),
  );
  const double = await one(Float64Array.of(1, 2), '<d');
  await assert.rejects(
    readKerasFile(double, 'x.h5'),
    invalid(/"kernel:0" of layer "dense" as a type other than float32/),
  );
  // Unwritten chunks take no space in the file, regardless of the shape.
  const huge = await withKernel((group) => {
    const dataset = {
      name: 'kernel:0',
      data: new Float32Array(4),
      shape: [2, 2],
      maxshape: [null, null],
      chunks: [2, 2],
    };
    group.create_dataset({ ...dataset, dtype: '<f' }).resize([1_000_000, 1_000_000]);
  });
  assert.ok(huge.length < 100_000);
  await assert.rejects(
    readKerasFile(huge, 'x.h5'),
    invalid(/contains more than 256 MiB of weights.*\[1000000,1000000\]/),
  );
  const missing = await withKernel(() => {});
  await assert.rejects(readKerasFile(missing, 'x.h5'), invalid(/x\.h5/));
});

test('a link to another file is not followed', async () => {
  const linked = await withKernel((group) => group.create_external_link('/etc/passwd', 'kernel', 'kernel:0'));
  await assert.rejects(readKerasFile(linked, 'x.h5'), invalid(/x\.h5/));
});

test('reading a file has a timeout', async () => {
  await assert.rejects(
    readKerasFile(bytes, 'slow.h5', 0.001),
    invalid(/slow\.h5 cannot be read: reading it took more than/),
  );
});

test('a file with random bytes changed either reads or fails with an error code', async () => {
  const change = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(change, async (changes) => {
      const changed = bytes.slice();
      for (const [at, value] of changes) changed[at] = value;
      try {
        // Some changes send the library into an endless loop.
        importModel(await readKerasFile(changed, 'changed.h5', 5), 'net');
      } catch (error) {
        assert.match(String((error as { code?: string }).code), /^(keras-|network-)/, (error as Error).stack);
      }
    }),
    { numRuns: 25 },
  );
});
