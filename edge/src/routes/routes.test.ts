import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { problems } from '@glimpse/shared/api/problems';
import { createApp } from '../app.ts';
import { isMetered, type Route } from './route.ts';
import { routes } from './routes.ts';

const scopes: Readonly<Record<string, Route['scope']>> = {
  'POST /v1/classify': 'classify',
  'POST /v1/classify/batch': 'classify',
  'POST /v1/feedback': 'feedback',
  'DELETE /v1/feedback/:id': 'feedback',
  'GET /v1/models': 'any',
  'GET /v1/models/:name': 'any',
  'GET /v1/models/:name/releases/:version': 'any',
  'GET /v1/models/:name/releases/:version/files/:file': 'read',
  'GET /healthz': 'none',
  'GET /readyz': 'none',
  'GET /openapi.json': 'none',
  'GET /docs': 'none',
  'POST /models/:name': 'classify',
  'GET /v2': 'none',
  'GET /v2/health/live': 'none',
  'GET /v2/health/ready': 'none',
  'GET /v2/models/:name': 'any',
  'GET /v2/models/:name/versions/:version': 'any',
  'GET /v2/models/:name/ready': 'any',
  'GET /v2/models/:name/versions/:version/ready': 'any',
  'POST /v2/models/:name/infer': 'classify',
  'POST /v2/models/:name/versions/:version/infer': 'classify',
  'GET /': 'none',
  'GET /embed': 'none',
  'GET /embed/frame': 'none',
  'GET /widget.js': 'none',
};

test('each route requires the scope of its key that is listed here', () => {
  assert.deepEqual(Object.fromEntries(routes.map(({ method, path, scope }) => [`${method} ${path}`, scope])), scopes);
});

test('docs/keys.md lists each route in the row of its scope', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/keys.md'), 'utf8');
  const section = /^## Scopes$(.*?)^## /ms.exec(page)![1]!;
  const documented: Record<string, string> = {};
  for (const [, name, list] of section.matchAll(/^\| (no key|any key|`\w+`) \| (.*) \|$/gm)) {
    const scope = { 'no key': 'none', 'any key': 'any' }[name!] ?? name!.replaceAll('`', '');
    for (const [, method, path] of list!.matchAll(/`(GET|POST|DELETE) ([^`]+)`/g)) {
      documented[`${method} ${path!.replace(/\{(\w+)\}/g, ':$1')}`] = scope;
    }
  }
  assert.deepEqual(documented, scopes);
});

test('images and feedback count toward a quota; reading and deleting feedback do not', () => {
  const metered = routes.filter(isMetered).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(metered, [
    'POST /v1/classify',
    'POST /v1/classify/batch',
    'POST /v1/feedback',
    'POST /models/:name',
    'POST /v2/models/:name/infer',
    'POST /v2/models/:name/versions/:version/infer',
  ]);
});

test('each file in this folder that declares a route is in the list', async () => {
  const declared: string[] = [];
  for await (const file of glob('**/*.ts', { cwd: import.meta.dirname, exclude: ['**/*.test.ts', 'route.ts'] })) {
    const text = await readFile(join(import.meta.dirname, file), 'utf8');
    declared.push(...[...text.matchAll(/^export const (\w+) = route\(/gm)].map(([, name]) => name!));
  }
  const list = await readFile(join(import.meta.dirname, 'routes.ts'), 'utf8');
  const listed = [...list.matchAll(/^ {2}(\w+),$/gm)].map(([, name]) => name!);
  assert.deepEqual(listed.sort(), declared.sort());
});

test('the app serves the declared routes and no others', () => {
  const app = createApp(() => {
    throw new Error('This test makes no request.');
  });
  // `ALL` is middleware.
  const served = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);
  const declared = routes.flatMap(({ method, path, morePaths = [] }) =>
    [path, ...morePaths].map((pattern) => `${method} ${pattern}`),
  );
  assert.deepEqual([...new Set(served)], declared);
});

test('a test asserts each problem code', async () => {
  let asserted = '';
  const cwd = join(import.meta.dirname, '..');
  for await (const file of glob('**/*.test.ts', { cwd })) asserted += await readFile(join(cwd, file), 'utf8');
  assert.deepEqual(
    Object.keys(problems).filter((code) => !asserted.includes(`'${code}'`)),
    [],
  );
});
