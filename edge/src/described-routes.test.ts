import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import test from 'node:test';
import { routes } from '@glimpse/shared/api/description/table';
import { problems } from '@glimpse/shared/api/problems';
import { createApp } from './app.ts';

test('the Worker has the routes that the API’s description has, and no others', () => {
  const app = createApp(() => {
    throw new Error('No request is made here.');
  });
  const served = app.routes
    // `ALL` are middleware; below /docs/ lies what the page needs.
    .filter(({ method, path }) => method !== 'ALL' && !path.endsWith('/*'))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  const described = routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  assert.deepEqual([...new Set(served)].sort(), described.sort());
});

test('each code of the table of errors is what some test of the Worker gets', async () => {
  let asserted = '';
  for await (const file of glob('**/*.test.ts', { cwd: import.meta.dirname })) {
    asserted += await readFile(new URL(file, import.meta.url), 'utf8');
  }
  assert.deepEqual(
    Object.keys(problems).filter((code) => !asserted.includes(`'${code}'`)),
    [],
  );
});

test('the description is no part of the Worker', async () => {
  for await (const file of glob('**/*.ts', { cwd: import.meta.dirname, exclude: ['**/*.test.ts'] })) {
    const text = await readFile(new URL(file, import.meta.url), 'utf8');
    assert.doesNotMatch(text, /from '@glimpse\/shared\/api\/description/, file);
  }
});
