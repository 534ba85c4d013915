import assert from 'node:assert/strict';
import test from 'node:test';
import { readKerasFile } from './read-keras-file.ts';

for (const [text, message] of [
  ['version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n', /Git LFS pointer.*git lfs pull/],
  ['\n<!DOCTYPE html><title>Not found</title>', /is a web page/],
  ['{"class_name": "Sequential"}', /is JSON, which has no weights/],
  ['', /is empty/],
  ['junk', /is not an HDF5 file/],
] as const) {
  test(`a model file that is "${text.slice(0, 24).trim()}" is named for what it is`, async () => {
    await assert.rejects(readKerasFile(new TextEncoder().encode(text), 'model.h5'), {
      code: 'keras-file-invalid',
      message,
    });
  });
}
