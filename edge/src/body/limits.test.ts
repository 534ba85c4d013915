/** The limits of a body, in workerd, with clients that lie, stall and leave. */
import assert from 'node:assert/strict';
import test, { after, describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testRelease } from '@glimpse/test/support/release';
import { flatPng, png } from '@glimpse/test/support/worker/images';
import { exchange, open, type RawAnswer } from '@glimpse/test/support/worker/raw-request';
import { startWorker, type TestWorker } from '@glimpse/test/support/worker/worker';

const MiB = 1024 * 1024;
const release = await testRelease();
const small = await png(16, 16);

async function start(vars: Record<string, string>): Promise<TestWorker> {
  const worker = await startWorker(vars);
  await worker.publish([release], { stable: release.version });
  // Loaded here, so that no test waits for it.
  assert.equal((await worker.request('/readyz')).status, 200);
  return worker;
}

function code(answer: RawAnswer): [number, string] {
  return [answer.status, JSON.parse(answer.body).code];
}

describe('the limit of one body', async () => {
  const worker = await start({});
  after(() => worker.close());
  const path = '/v1/classify';
  const padded = [small, ...Array.from({ length: 30 }, () => new Uint8Array(MiB))];
  const length = String(small.length + 30 * MiB);

  for (const [name, request] of Object.entries({
    'with an honest Content-Length': { headers: { 'Content-Length': length }, parts: padded },
    'without one': { chunked: true, parts: padded },
    'with one that says less': { headers: { 'Content-Length': '1000' }, chunked: true, parts: padded },
    'with one that says more than comes': { headers: { 'Content-Length': length }, parts: [small] },
    'of any type': {
      headers: { 'Content-Length': length, 'Content-Type': 'multipart/form-data' },
      parts: padded,
    },
  })) {
    test(`an image followed by 30 MB is 413 ${name}, and the next request is answered`, async () => {
      const answer = await exchange(worker.url, { path, ...request });
      assert.deepEqual(code(answer), [413, 'body-too-large']);
      assert.equal(JSON.parse(answer.body).limit, 25 * MiB);
      assert.equal((await worker.classify(small)).status, 200);
    });
  }

  test('a Content-Length that is too small truncates the body', async () => {
    const headers = { 'Content-Length': String(small.length) };
    assert.equal((await exchange(worker.url, { path, headers, parts: padded })).status, 200);
    const cut = await exchange(worker.url, { path, headers: { 'Content-Length': '50' }, parts: padded });
    assert.deepEqual(code(cut), [422, 'image-undecodable']);
  });

  test('a body just under the limit is accepted', async () => {
    const parts = [small, ...Array.from({ length: 24 }, () => new Uint8Array(MiB))];
    assert.equal((await exchange(worker.url, { path, chunked: true, parts })).status, 200);
  });

  test('clients that leave midway through their bodies leave nothing behind', async () => {
    const parts = Array.from({ length: 15 }, () => new Uint8Array(MiB));
    for (let i = 0; i < 5; i++) {
      const client = open(worker.url, { path, headers: { 'Content-Length': String(20 * MiB) }, parts });
      await client.sent;
      client.leave();
    }
    await sleep(300);
    // Two of 20 MB fit into the budget of 48 only if it is empty.
    const bodies = [1, 2].map(() => ({
      path,
      chunked: true,
      parts: [small, ...Array.from({ length: 20 }, () => new Uint8Array(MiB))],
    }));
    const answers = await Promise.all(bodies.map((body) => exchange(worker.url, body)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    );
  });

  test('bodies that stop halfway keep nobody out: small ones are answered at once, the others are cut off', async () => {
    const parts = [small, ...Array.from({ length: 20 }, () => new Uint8Array(MiB))];
    const silent = [1, 2, 3].map((index) =>
      open(worker.url, {
        path,
        headers: { 'Content-Length': String(24 * MiB), 'CF-Connecting-IP': `203.0.113.${index}` },
        parts,
      }),
    );
    await Promise.all(silent.map(({ sent }) => sent));
    await sleep(300);
    assert.equal((await worker.classify(small)).status, 200);
    for (const { answer } of silent) {
      const [status, problem] = code(await answer);
      // The third does not fit.
      assert.ok(problem === 'body-too-slow' || (status === 503 && problem === 'busy'), problem);
    }
    const body = { path, headers: { 'Content-Length': String(20 * MiB + small.length) }, parts };
    assert.equal((await exchange(worker.url, body)).status, 200);
  });

  test('a body that trickles is cut off long before its deadline', async () => {
    const headers = { 'Content-Length': '100000' };
    const answer = await exchange(worker.url, { path, headers, drip: { everyMs: 500, times: 30 } });
    assert.deepEqual(code(answer), [408, 'body-too-slow']);
    assert.match(JSON.parse(answer.body).detail, /stopped arriving: only \d+ bytes came in 5 s/);
  });

  test('one sender holds at most half of the budget, or one body of the maximum size', async () => {
    const parts = [small, ...Array.from({ length: 20 }, () => new Uint8Array(MiB))];
    const from = (address: string, bytes: number) => ({
      path,
      headers: { 'Content-Length': String(bytes), 'CF-Connecting-IP': address },
      parts,
    });
    const complete = 20 * MiB + small.length;
    const waiting = open(worker.url, from('203.0.113.1', 24 * MiB));
    await waiting.sent;
    await sleep(300);
    assert.deepEqual(code(await exchange(worker.url, from('203.0.113.1', complete))), [503, 'busy']);
    assert.equal((await exchange(worker.url, from('203.0.113.2', complete))).status, 200);
    waiting.leave();
  });

  test('none of these requests caused an error in the Worker', () => {
    assert.deepEqual(
      worker.logs().filter(({ level }) => level === 'error'),
      [],
    );
  });
});

describe('limits that all requests share', async () => {
  const worker = await start({ MAX_BODY_BYTES: String(4 * MiB), BODY_BUDGET_BYTES: String(5 * MiB), MAX_WAITING: '2' });
  after(() => worker.close());
  const path = '/v1/classify';
  const slow = await flatPng(3500, 3500);

  test('a body that exceeds the shared budget is 503 with Retry-After, and accepted once the others are done', async () => {
    const parts = [new Uint8Array(3 * MiB)];
    const waiting = open(worker.url, { path, headers: { 'Content-Length': String(4 * MiB) }, parts });
    await waiting.sent;
    await sleep(300);
    const body = {
      path,
      headers: { 'Content-Length': String(3 * MiB) },
      parts: [small, new Uint8Array(3 * MiB - small.length)],
    };
    const refused = await exchange(worker.url, body);
    assert.deepEqual(code(refused), [503, 'busy']);
    assert.match(refused.head, /retry-after: 1/i);
    assert.equal((await worker.classify(small)).status, 200);
    waiting.leave();
    await sleep(300);
    assert.equal((await exchange(worker.url, body)).status, 200);
  });

  test('a request for a full queue is 503 with Retry-After, and the others are answered', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => worker.classify(slow)));
    const statuses = answers.map(({ status }) => status).sort();
    assert.equal(statuses[0], 200);
    assert.equal(statuses.at(-1), 503);
    assert.ok(
      statuses.every((status) => status === 200 || status === 503),
      String(statuses),
    );
    for (const { status, json, headers } of answers) {
      if (status === 200) continue;
      assert.equal(json.code, 'busy');
      assert.equal(headers.get('Retry-After'), '1');
    }
    assert.equal((await worker.classify(slow)).status, 200);
  });

  test('clients that leave while they wait do not block the queue', async () => {
    const headers = { 'Content-Length': String(slow.length) };
    const clients = [1, 2, 3].map(() => open(worker.url, { path, headers, parts: [slow] }));
    await Promise.all(clients.map(({ sent }) => sent));
    await sleep(100);
    for (const client of clients) client.leave();
    const began = performance.now();
    assert.equal((await worker.classify(small)).status, 200);
    // Three decodes are a few seconds at most; a turn that is never returned would take 15 s.
    assert.ok(performance.now() - began < 10_000);
    assert.equal((await worker.classify(small)).status, 200);
  });
});

describe('the time limit of an answer', async () => {
  const worker = await start({ ANSWER_SECONDS: '1' });
  after(() => worker.close());
  // Longer than a second altogether, and each of them shorter.
  const slow = await flatPng(2500, 2500);
  const images = 24;

  test('a request whose turn does not come in time is 503 with Retry-After, and the next one is answered', async () => {
    const answers = await Promise.all(Array.from({ length: images }, () => worker.classify(slow)));
    const late = answers.filter(({ json }) => json.code === 'out-of-time');
    assert.ok(answers.some(({ status }) => status === 200));
    assert.ok(late.length > 0);
    for (const { status, headers } of late) assert.deepEqual([status, headers.get('Retry-After')], [503, '1']);
    assert.equal((await worker.classify(small)).status, 200);
  });

  test('a batch has answers until the time is over, and then the problem out-of-time', async () => {
    const form = new FormData();
    for (let i = 0; i < images; i++) form.append('image', new Blob([slow]), 'a.png');
    const { status, json } = await worker.request('/v1/classify/batch', { method: 'POST', body: form });
    assert.equal(status, 200);
    const outcomes: string[] = json.results.map(({ problem }: { problem?: { code: string } }) => problem?.code ?? 'ok');
    assert.equal(outcomes.length, images);
    assert.equal(outcomes[0], 'ok');
    const answered = outcomes.indexOf('out-of-time');
    assert.ok(answered > 0);
    assert.deepEqual(new Set(outcomes.slice(0, answered)), new Set(['ok']));
    assert.deepEqual(new Set(outcomes.slice(answered)), new Set(['out-of-time']));
  });
});
