import assert from 'node:assert/strict';
import test from 'node:test';
import { testRelease } from '@glimpse/test/support/release';
import { type Content, contentHash, versionOf } from './version.ts';

const { manifest } = await testRelease();

test('a version is the minute the run ended and the beginning of the hash', async () => {
  const version = await versionOf(manifest, '2026-11-25T03:12:59.999Z');
  assert.equal(version, `20261125T0312Z-${(await contentHash(manifest)).slice(0, 8)}`);
});

test('the order of keys and fields outside the content do not matter', async () => {
  const { files, labels, input } = manifest;
  const turned = Object.fromEntries(Object.entries(input).reverse()) as typeof input;
  assert.equal(
    await contentHash({ input: turned, labels, files, run: 'other' } as Content),
    await contentHash(manifest),
  );
});

const changes: Record<string, (c: Content) => Content> = {
  'a byte of a file': (c) => ({ ...c, files: [{ ...c.files[0]!, sha256: 'f'.repeat(64) }, c.files[1]!] }),
  'the order of the files': (c) => ({ ...c, files: c.files.toReversed() }),
  'the order of the labels': (c) => ({ ...c, labels: c.labels.toReversed() }),
  'the input’s fit': (c) => ({ ...c, input: { ...c.input, fit: 'cover' } }),
  'the input’s mean': (c) => ({ ...c, input: { ...c.input, mean: [0, 0, 0.1] } }),
  calibration: (c) => ({ ...c, calibration: { temperature: 1.5 } }),
  'the rejection threshold': (c) => ({ ...c, rejectionThreshold: 0.5 }),
};
for (const [what, change] of Object.entries(changes)) {
  test(`${what} changes the version`, async () => {
    assert.notEqual(await contentHash(change(manifest)), await contentHash(manifest));
  });
}
