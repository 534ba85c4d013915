import assert from 'node:assert/strict';
import test from 'node:test';
import { testRelease } from '@glimpse/test/support/release';
import { FORMAT_VERSION, type Manifest, RUNNER_VERSION, readManifest, writeManifest } from './manifest.ts';

const { manifest } = await testRelease();

test('a manifest survives a round trip', () => {
  assert.deepEqual(readManifest(writeManifest(manifest), manifest), manifest);
});

test('the manifest of another model or version is refused', () => {
  for (const expected of [
    { ...manifest, model: 'other' },
    { ...manifest, version: '20200101T0000Z-00000000' },
  ]) {
    assert.throws(() => readManifest(writeManifest(manifest), expected), {
      code: 'release-malformed',
      message: /has the manifest of cifar10/,
    });
  }
});

test('a manifest of a later version is refused, with what to do', () => {
  for (const later of [{ formatVersion: FORMAT_VERSION + 1 }, { minimumRunner: RUNNER_VERSION + 1 }]) {
    // Even if this version cannot read the rest.
    assert.throws(() => readManifest(JSON.stringify({ formatVersion: 1, minimumRunner: 1, ...later })), {
      code: 'release-too-new',
      message: /Deploy the current Worker first/,
    });
  }
});

test('a web page instead of a manifest is refused, with its beginning', () => {
  assert.throws(() => readManifest('<!doctype html><title>404'), {
    code: 'release-malformed',
    message: /begins with "<!doctype html>/,
  });
});

const wrong: Record<string, (m: Manifest) => unknown> = {
  'a file path that leaves the folder': (m) => ({ ...m, files: [{ ...m.files[0], path: '../x' }, m.files[1]] }),
  'a file listed twice': (m) => ({ ...m, files: [m.files[0], m.files[0]] }),
  'no model.json': (m) => ({ ...m, files: m.files.map((file, i) => ({ ...file, path: `${i}.bin` })) }),
  'files beyond the limit': (m) => ({ ...m, files: m.files.map((file) => ({ ...file, size: 20 * 2 ** 20 })) }),
  'a model name with a slash': (m) => ({ ...m, model: 'a/b' }),
  'one label': (m) => ({ ...m, labels: ['only'] }),
  'a standard deviation of 0': (m) => ({ ...m, input: { ...m.input, standardDeviation: [1, 0, 1] } }),
  'means for another number of channels': (m) => ({ ...m, input: { ...m.input, mean: [0] } }),
  'a temperature of 0': (m) => ({ ...m, calibration: { temperature: 0 } }),
};
for (const [what, change] of Object.entries(wrong)) {
  test(`a manifest with ${what} is refused`, () => {
    assert.throws(() => readManifest(JSON.stringify(change(manifest))), { code: 'release-malformed' });
  });
}
