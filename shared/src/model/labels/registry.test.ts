import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import test from 'node:test';
import { cifar10Labels } from './cifar10.ts';
import { findLabelSet } from './registry.ts';

test('finds the label set for an input shape and a number of outputs', () => {
  assert.equal(findLabelSet([32, 32, 3], 10)?.labels, cifar10Labels);
  assert.equal(findLabelSet([32, 32, 3], 11), undefined);
});

test('the registry imports every label list in this folder', async () => {
  const files = (await readdir(import.meta.dirname)).filter((file) => !/^registry\.|\.test\.ts$/.test(file));
  const registry = await readFile(new URL('./registry.ts', import.meta.url), 'utf8');
  for (const file of files) assert.ok(registry.includes(`'./${file}'`), `registry.ts does not import ${file}`);
});
