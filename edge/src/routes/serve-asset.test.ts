import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { startWorker } from '@glimpse/test/support/worker/worker';
import { routes } from './routes.ts';

// Documents are served even if the configuration is invalid.
const worker = await startWorker({ MAX_WAITING: 'none' });
after(() => worker.close());
const get = (path: string, init: RequestInit = {}) => fetch(new URL(path, worker.url), init);

test('/openapi.json is OpenAPI 3.1, readable by any page, and 304 if unchanged', async () => {
  const response = await get('/openapi.json');
  assert.equal(response.status, 200);
  assert.match(response.headers.get('Content-Type') ?? '', /^application\/json/);
  assert.equal(response.headers.get('Access-Control-Allow-Origin'), '*');
  assert.match(response.headers.get('Access-Control-Expose-Headers') ?? '', /ETag/);
  assert.match(response.headers.get('Cache-Control') ?? '', /max-age=0/);
  const { openapi, paths } = (await response.json()) as { openapi: string; paths: Record<string, object> };
  assert.match(openapi, /^3\.1\./);
  assert.equal(
    Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
      .length,
    routes.length,
  );

  const etag = response.headers.get('ETag') ?? '';
  const again = await get('/openapi.json', { headers: { 'If-None-Match': etag } });
  assert.deepEqual([again.status, await again.text()], [304, '']);
  const other = await get('/openapi.json', { headers: { 'If-None-Match': '"0"' } });
  assert.equal(other.status, 200);
  await other.body?.cancel();
});

test('/docs loads nothing from other hosts, and everything that it loads exists', async () => {
  for (const path of ['/docs', '/docs/']) {
    const response = await get(path);
    assert.equal(response.status, 200, path);
    assert.match(response.headers.get('Content-Type') ?? '', /^text\/html/);
    const policy = response.headers.get('Content-Security-Policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /https?:|\*|unsafe-eval|script-src[^;]*unsafe/);
    const html = await response.text();
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
    assert.ok(addresses.length > 3);
    for (const address of addresses) {
      assert.doesNotMatch(address, /^[a-z]+:|^\//);
      const part = await get(new URL(address, response.url).pathname);
      assert.equal(part.status, 200, address);
      assert.equal(part.headers.get('X-Content-Type-Options'), 'nosniff');
      await part.body?.cancel();
    }
  }
});

test('HEAD is GET without the body, and other methods are 405 with Allow', async () => {
  for (const path of ['/openapi.json', '/docs', '/docs/start.js']) {
    const head = await get(path, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
    const post = await get(path, { method: 'POST', body: 'x' });
    assert.deepEqual([post.status, post.headers.get('Allow')], [405, 'GET, HEAD']);
    assert.equal(((await post.json()) as { code: string }).code, 'method-not-allowed');
  }
});

test('a missing asset is the same 404 as any unknown route', async () => {
  for (const path of ['/docs/nothing.js', '/openapi.yaml', '/docs/../wrangler.toml', '/docs/%00']) {
    const response = await get(path);
    assert.equal(response.status, 404, path);
    assert.equal(((await response.json()) as { code: string }).code, 'route-unknown');
    assert.ok(response.headers.get('X-Request-Id'));
  }
});
