import assert from 'node:assert/strict';
import test from 'node:test';
import { testRelease } from '@glimpse/test/support/release';
import { verifyFile, verifyVersion } from './files.ts';

const { manifest, files } = await testRelease();
const weights = manifest.files.find(({ path }) => path === 'weights.bin')!;
const bytes = files.get('weights.bin')!;
const encode = (text: string) => new TextEncoder().encode(text);

test('the right bytes and the right version are accepted', async () => {
  for (const file of manifest.files) await verifyFile(file, files.get(file.path)!);
  await verifyVersion(manifest);
});

for (const [what, wrong, message] of [
  ['nothing', new Uint8Array(0), /has 0 bytes, not \d+: it is empty/],
  ['half of it', bytes.slice(0, bytes.length / 2), /bytes, not \d+$/],
  ['an HTML page', encode('<!DOCTYPE html><html>'), /looks like an HTML page/],
  ['an LFS pointer', encode('version https://git-lfs.github.com/spec/v1\n'), /is a Git LFS pointer/],
  ['other bytes of its length', bytes.map((byte, i) => (i === 99 ? byte ^ 1 : byte)), /has SHA-256 [0-9a-f]{64}, not/],
] as const) {
  test(`${what} instead of a file is refused`, async () => {
    await assert.rejects(verifyFile(weights, wrong), { code: 'release-corrupt', message });
  });
}

test('a manifest whose version is not the hash of its content is refused', async () => {
  await assert.rejects(verifyVersion({ ...manifest, labels: manifest.labels.toReversed() }), {
    code: 'release-corrupt',
    message: /its content is/,
  });
});
