import assert from 'node:assert/strict';
import test from 'node:test';
import { startWorker } from '@glimpse/test/support/worker/worker';

test('if keys are required, the compat protocols require them too, and answer in their own error shape', async () => {
  const worker = await startWorker({ REQUIRE_KEYS: 'on' });
  try {
    for (const [method, path] of [
      ['POST', '/models/cifar10'],
      ['POST', '/v2/models/cifar10/infer'],
      ['GET', '/v2/models/cifar10'],
    ] as const) {
      const { status, json, headers } = await worker.request(path, { method });
      assert.deepEqual([status, Object.keys(json)], [401, ['error']], path);
      assert.match(json.error, /Authorization: Bearer/);
      assert.ok(headers.has('WWW-Authenticate'));
    }
    assert.deepEqual((await worker.request('/v2/health/live')).json, { live: true });
  } finally {
    await worker.close();
  }
});
