/** One quota for all isolates, in workerd: the Durable Object outlives them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testRelease } from '@glimpse/test/support/release';
import { png } from '@glimpse/test/support/worker/images';
import { testKey } from '@glimpse/test/support/worker/keys';
import { startWorker } from '@glimpse/test/support/worker/worker';

/** An incomplete lot is settled after two seconds. */
const SETTLED_MS = 2_500;

test('the Durable Object counts one day at a time, never below zero, and ignores settlements of a past day', async () => {
  const worker = await startWorker();
  try {
    const count = worker.quota.getByName('0123456789abcdef');
    assert.equal(await count.settle('2026-11-25', 0), 0);
    assert.equal(await count.settle('2026-11-25', 7), 7);
    assert.equal(await count.settle('2026-11-25', 3), 10);
    assert.equal(await count.settle('2026-11-25', -2), 8);
    assert.equal(await count.settle('2026-11-26', 1), 1);
    assert.equal(await count.settle('2026-11-25', 5), 0);
    assert.equal(await count.settle('2026-11-26', -5), 0);
    const together = await Promise.all(
      Array.from({ length: 20 }, () => worker.quota.getByName('fedcba9876543210').settle('2026-11-26', 5)),
    );
    assert.equal(Math.max(...together), 100);
  } finally {
    await worker.close();
  }
});

test('isolates share a quota', async () => {
  const worker = await startWorker({ REQUIRE_KEYS: 'on' });
  try {
    const release = await testRelease();
    await worker.publish([release], { stable: release.version });
    const key = await testKey({ quotaPerDay: 5 });
    await worker.privateBucket.put(key.object, JSON.stringify(key.record));
    const body = await png(8, 8);
    const headers = { Authorization: `Bearer ${key.text}` };
    const ask = () => worker.request('/v1/classify', { method: 'POST', body, headers });
    for (let i = 0; i < 3; i++) assert.equal((await ask()).status, 200);
    await sleep(SETTLED_MS);
    await worker.restart();
    const second = await ask();
    assert.deepEqual([second.status, second.headers.get('X-RateLimit-Remaining')], [200, '1']);
    assert.equal((await ask()).status, 200);
    assert.equal((await ask()).json.code, 'quota-exhausted');
    await sleep(SETTLED_MS);
    await worker.restart();
    assert.equal((await ask()).json.code, 'quota-exhausted');
  } finally {
    await worker.close();
  }
});

test('requests that fail on our side do not count', async () => {
  const worker = await startWorker({ REQUIRE_KEYS: 'on' });
  try {
    const key = await testKey({ quotaPerDay: 2 });
    await worker.privateBucket.put(key.object, JSON.stringify(key.record));
    const body = await png(8, 8);
    const headers = { Authorization: `Bearer ${key.text}` };
    // No release is published.
    for (let i = 0; i < 4; i++) {
      assert.equal((await worker.request('/v1/classify', { method: 'POST', body, headers })).status, 503);
    }
  } finally {
    await worker.close();
  }
});

test('feedback can be deleted even if the quota is used up', async () => {
  const worker = await startWorker({ REQUIRE_KEYS: 'on' });
  try {
    const key = await testKey({ quotaPerDay: 1 });
    await worker.privateBucket.put(key.object, JSON.stringify(key.record));
    const headers = { Authorization: `Bearer ${key.text}` };
    const codes: string[] = [];
    for (const [method, path] of [
      ['POST', '/v1/feedback'],
      ['POST', '/v1/feedback'],
      ['DELETE', '/v1/feedback/nonsense'],
    ] as const) {
      const body = method === 'POST' ? '{}' : null;
      codes.push((await worker.request(path, { method, body, headers })).json.code);
    }
    assert.deepEqual([codes[1], codes[2] === 'quota-exhausted'], ['quota-exhausted', false], codes.join());
  } finally {
    await worker.close();
  }
});
