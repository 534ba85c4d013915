import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import test from 'node:test';
import { architectures } from './registry.ts';

test('the registry has every architecture in this folder, under its name', async () => {
  const files = (await readdir(import.meta.dirname)).filter((file) => !/^registry\.|\.test\.ts$/.test(file));
  const exported = await Promise.all(files.map(async (file) => Object.values(await import(`./${file}`))));
  const defined = exported.flat().filter((value) => Object.hasOwn(Object(value), 'inputShape')) as { name: string }[];
  assert.ok(defined.length > 0);
  assert.deepEqual(defined.map(({ name }) => name).sort(), [...architectures.keys()].sort());
  for (const architecture of defined) assert.equal(architectures.get(architecture.name), architecture);
});
