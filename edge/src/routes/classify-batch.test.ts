import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { batchAnswerSchema } from '@glimpse/shared/api/batch';
import { testRelease } from '@glimpse/test/support/release';
import { flatPng, jpeg, png } from '@glimpse/test/support/worker/images';
import { startWorker } from '@glimpse/test/support/worker/worker';

const stable = await testRelease();
const canary = await testRelease({ seed: 2 });
const worker = await startWorker({ MAX_WAITING: '4', BODY_BUDGET_BYTES: String(4 * 2 ** 20) });
await worker.publish([stable, canary], { stable: stable.version, canary: canary.version });
after(() => worker.close());

type Part = Uint8Array<ArrayBuffer> | string;

function batch(parts: readonly (readonly [name: string, value: Part])[], query = '') {
  const form = new FormData();
  for (const [name, value] of parts) form.append(name, typeof value === 'string' ? value : new Blob([value]));
  return worker.request(`/v1/classify/batch${query}`, { method: 'POST', body: form });
}

const small = await png(20, 10);
const other = await jpeg(50, 40);

test('each image has the same answer as on its own, or its own problem, in the order sent', async () => {
  const cut = other.slice(0, other.length >> 1);
  const { status, json, headers } = await batch([
    ['image', small],
    ['image', new TextEncoder().encode('<!doctype html>')],
    ['image', cut],
    ['image', new Uint8Array(0)],
    ['image', 'cat.png'],
    ['image', other],
  ]);
  assert.equal(status, 200);
  const { id, results } = batchAnswerSchema.parse(json);
  assert.equal(id, headers.get('X-Request-Id'));
  assert.deepEqual(
    results.map(({ answer, problem }) => answer?.image.format ?? problem?.code),
    ['png', 'image-unsupported', 'image-undecodable', 'body-empty', 'body-malformed', 'jpeg'],
  );
  for (const { answer, problem } of results) assert.ok((answer === undefined) !== (problem === undefined));
  for (const [index, image] of [
    [0, small],
    [5, other],
  ] as const) {
    const alone = (await worker.classify(image)).json;
    assert.deepEqual(results[index]!.answer, { ...alone, id: `${id}.${index}` });
  }
  assert.match(headers.get('Server-Timing') ?? '', /^decode;dur=[\d.]+, infer;dur=[\d.]+, total;dur=[\d.]+$/);
});

test('the query applies to all images', async () => {
  const { json } = await batch(
    [
      ['image', small],
      ['image', other],
    ],
    '?channel=canary&top_k=1',
  );
  for (const { answer } of json.results) {
    assert.deepEqual(answer.model, { name: 'cifar10', version: canary.version, channel: 'canary' });
    assert.equal(answer.predictions.length, 1);
  }
  const wrong = await batch([['image', small]], '?top_k=11');
  assert.deepEqual([wrong.status, wrong.json.code, wrong.json.maximum], [400, 'parameter-invalid', 10]);
  const unknown = await batch([['image', small]], '?model=cats');
  assert.deepEqual([unknown.status, unknown.json.code], [404, 'model-unknown']);
});

test('the fields apply to all images, and unknown ones are refused', async () => {
  const { json } = await batch([
    ['image', small],
    ['channel', 'canary'],
    ['image', other],
    ['top_k', '2'],
    ['threshold', '1'],
  ]);
  for (const { answer } of json.results) {
    assert.equal(answer.model.channel, 'canary');
    assert.deepEqual(answer.predictions, []);
  }
  const { status, json: problem } = await batch([
    ['image', small],
    ['topk', '2'],
  ]);
  assert.deepEqual([status, problem.code, problem.parameter], [400, 'parameter-invalid', 'topk']);
});

test('JSON is told to be a form', async () => {
  for (const headers of [{ 'Content-Type': 'application/json' }, {}]) {
    const { status, json } = await worker.request('/v1/classify/batch', {
      method: 'POST',
      body: '{"image": "AAAA"}',
      headers,
    });
    assert.deepEqual([status, json.code], [400, 'body-malformed']);
    assert.match(json.detail, /A batch is a form \(multipart\/form-data\).*single image as JSON to \/v1\/classify/);
  }
});

test('32 images are accepted, and 33 are refused with the limit', async () => {
  const parts = Array.from({ length: 33 }, () => ['image', small] as const);
  const { status, json } = await batch(parts);
  assert.deepEqual([status, json.code, json.limit, json.actual], [413, 'batch-too-large', 32, 33]);
  const taken = await batch(parts.slice(1));
  assert.equal(taken.status, 200);
  assert.equal(taken.json.results.filter(({ answer }: { answer?: unknown }) => answer).length, 32);
});

test('a body that is not a batch is 400', async () => {
  const path = '/v1/classify/batch';
  for (const [body, type, code] of [
    ['', 'multipart/form-data; boundary=x', 'body-empty'],
    [small, 'image/png', 'body-malformed'],
    ['{}', 'application/json', 'body-malformed'],
    ['--x\r\n', 'multipart/form-data', 'body-malformed'],
    ['--x\r\nContent-Disp', 'multipart/form-data; boundary=x', 'body-malformed'],
  ] as const) {
    const { status, json } = await worker.request(path, { method: 'POST', body, headers: { 'Content-Type': type } });
    assert.deepEqual([status, json.code], [400, code], type);
  }
  for (const parts of [
    [],
    [['photo', small]],
    [
      ['image', small],
      ['photo', small],
    ],
  ] as const) {
    const { status, json } = await batch(parts);
    assert.deepEqual([status, json.code], [400, 'body-malformed']);
  }
});

test('a batch that exceeds the byte budget is refused as a whole, and the bytes of earlier ones are released', async () => {
  const large = new Uint8Array(2 ** 20);
  large.set(small);
  const { status, json } = await batch(Array.from({ length: 5 }, () => ['image', large] as const));
  // More than the budget could ever hold is too large, not a matter of waiting.
  assert.deepEqual([status, json.code], [413, 'body-too-large']);
  for (let i = 0; i < 4; i++) {
    assert.equal((await batch(Array.from({ length: 3 }, () => ['image', large] as const))).status, 200);
  }
});

test('a single request waits for one image of a batch, not for all of them', async () => {
  const slow = await flatPng(2500, 2500);
  const finished: string[] = [];
  const running = batch(Array.from({ length: 12 }, () => ['image', slow] as const)).then((answer) => {
    finished.push('batch');
    return answer;
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const single = await worker.classify(small);
  finished.push('single');
  const { json } = await running;
  assert.equal(single.status, 200);
  assert.ok(json.results.every(({ answer }: { answer?: unknown }) => answer));
  assert.deepEqual(finished, ['single', 'batch']);
});
