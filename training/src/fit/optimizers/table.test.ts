import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import { optimizerSchema, optimizers } from './table.ts';

test('every optimizer in this folder is in the table, under the name in its options', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (name) => !name.endsWith('.test.ts') && !['optimizer.ts', 'table.ts'].includes(name),
  );
  assert.deepEqual(Object.keys(optimizers).sort(), files.map((name) => name.replace('.ts', '')).sort());
  for (const name of Object.keys(optimizers)) assert.equal(optimizerSchema.parse({ name }).name, name);
});
