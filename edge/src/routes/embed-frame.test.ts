import assert from 'node:assert/strict';
import test from 'node:test';
import { Hono } from 'hono';
import type { AppEnv } from '../context.ts';
import { frameWith, type OriginsOfKey } from './embed-frame.ts';

const anyOrigin: OriginsOfKey = async () => ['*'];

const ask = (query: string, originsOf: OriginsOfKey) =>
  new Hono<AppEnv>()
    .get('/embed/frame', frameWith(originsOf))
    .onError((error) => new Response(error.message, { status: 500 }))
    .request(`/embed/frame${query}`);

const ancestors = (response: Response) =>
  /frame-ancestors ([^;]*)/.exec(response.headers.get('Content-Security-Policy')!)?.[1];

test('only the origins of the key can show the frame', async () => {
  const asked: (string | undefined)[] = [];
  const response = await ask('?key=pk_1', async (key) => {
    asked.push(key);
    return ['https://shop.example', 'http://localhost:3000', 'https://*.shop.example'];
  });
  assert.equal(ancestors(response), 'https://shop.example http://localhost:3000 https://*.shop.example');
  assert.deepEqual(asked, ['pk_1']);
  assert.match(await response.text(), /<glimpse-classify key="pk_1"><\/glimpse-classify>/);
});

test('a key without origins is shown nowhere, and without keys any site can show the frame', async () => {
  assert.equal(ancestors(await ask('?key=pk_1', async () => [])), "'none'");
  assert.equal(ancestors(await ask('', anyOrigin)), '*');
});

for (const origin of [
  'https://a.example; script-src *',
  "https://a.example 'self'",
  'javascript:',
  'a.example\nX: 1',
  '',
]) {
  test(`${JSON.stringify(origin)} as an origin cannot change the policy`, async () => {
    const response = await ask('?key=pk_1', async () => [origin]);
    assert.equal(response.status, 500);
  });
}

test('only known parameters of the query become attributes of the widget', async () => {
  const response = await ask(
    '?model=cifar10&top-k=3&lang=ko&capture=&onclick=alert(1)&endpoint=https://evil.example',
    anyOrigin,
  );
  const page = await response.text();
  assert.match(page, /<glimpse-classify model="cifar10" top-k="3" lang="ko" capture><\/glimpse-classify>/);
  assert.match(page, /<html lang="ko">/);
});

test('nothing in the query can end an attribute', async () => {
  const mean = encodeURIComponent('"><script>alert(1)</script>');
  const page = await (await ask(`?key=${mean}&lang=${mean}&labels=${mean}`, anyOrigin)).text();
  assert.ok(!page.includes('<script>alert'));
  assert.equal(page.match(/<script/g)?.length, 1);
});
