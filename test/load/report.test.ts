import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { report } from './report.ts';

test('docs/load.md matches docs/load.json', async () => {
  const docs = join(import.meta.dirname, '../../docs');
  const stored = JSON.parse(await readFile(join(docs, 'load.json'), 'utf8'));
  assert.equal(await readFile(join(docs, 'load.md'), 'utf8'), report(stored));
});
