import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { huggingFaceAnswerSchema } from '@glimpse/shared/api/hugging-face';
import { testRelease } from '@glimpse/test/support/release';
import { png } from '@glimpse/test/support/worker/images';
import { startWorker } from '@glimpse/test/support/worker/worker';

const release = await testRelease();
const worker = await startWorker();
await worker.publish([release], { stable: release.version });
after(() => worker.close());

const image = await png(40, 30);
const inputs = Buffer.from(image).toString('base64');
const post = (body: BodyInit, headers: Record<string, string> = {}, path = '/models/cifar10') =>
  worker.request(path, { method: 'POST', body, headers });
const json = (value: unknown, headers = {}) =>
  post(JSON.stringify(value), { 'Content-Type': 'application/json', ...headers });

test('raw bytes of any type: the answer of POST /v1/classify, as a list', async () => {
  const { predictions } = (await worker.classify(image)).json;
  const expected = predictions.map(({ label, score }: { label: string; score: number }) => ({ label, score }));
  for (const type of [
    undefined,
    'image/png',
    'application/json',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
  ]) {
    const answer = await post(new Blob([image], { type: type ?? '' }));
    assert.equal(answer.status, 200, type);
    assert.deepEqual(huggingFaceAnswerSchema.parse(answer.json), expected);
    assert.match(answer.headers.get('Server-Timing') ?? '', /decode;dur=/);
  }
});

test('base64 in JSON with the number of classes, regardless of the Content-Type', async () => {
  const three = await json({ inputs, parameters: { top_k: 3 } });
  assert.equal(three.json.length, 3);
  const untyped = new Blob([`\n${JSON.stringify({ inputs, parameters: { top_k: 3 } })}`]);
  assert.deepEqual((await post(untyped)).json, three.json);
  const prefixed = await json({ inputs: `data:image/png;base64,${inputs}`, options: { wait_for_model: true } });
  assert.equal(prefixed.json.length, 5);
  for (const parameters of [null, {}, { top_k: null, function_to_apply: 'softmax' }]) {
    assert.equal((await json({ inputs, parameters })).json.length, 5);
  }
});

test('top_k is clamped to its range', async () => {
  for (const [top_k, length] of [
    [0, 1],
    [-7, 1],
    [10, 10],
    [1000, 10],
    [2 ** 31 - 1, 10],
  ]) {
    assert.equal((await json({ inputs, parameters: { top_k } })).json.length, length, String(top_k));
  }
});

test('errors are one text, with the status of the problem', async () => {
  for (const [expected, about, answer] of [
    [400, /empty/, await post('')],
    [400, /base64/, await json({ inputs: 'https://example.org/cat.jpg' })],
    [400, /inputs/, await json({ image: inputs })],
    [400, /top_k/, await json({ inputs, parameters: { top_k: '3' } })],
    [400, /top_k/, await json({ inputs, parameters: { top_k: 1.5 } })],
    [400, /function_to_apply/, await json({ inputs, parameters: { function_to_apply: 'sigmoid' } })],
    [400, /not JSON/, await post('{"inputs": ')],
    [415, /text/, await post('not JSON', { 'Content-Type': 'application/json; charset=utf-8' })],
    [400, /more than \d+ values/, await json({ inputs: [...'image'.repeat(1000)] })],
    [415, /HTML/, await post('<!doctype html>')],
    [415, /./, await json({ inputs: 'AAAA' })],
    [422, /./, await post(image.slice(0, 100))],
    [413, /bytes/, await post(new Uint8Array(26 * 2 ** 20))],
    [404, /no model none/, await post(image, {}, '/models/none')],
    [404, /a-z/, await post(image, {}, '/models/Owner%2Fname')],
    [404, /no owner here.*\/models\/cifar10.*GET \/v1\/models/, await post(image, {}, '/models/owner/cifar10')],
    [404, /slash at the end.*POST to \/models\/cifar10\./, await post(image, {}, '/models/cifar10/')],
    [405, /POST/, await worker.request('/models/cifar10')],
    [405, /POST/, await worker.request('/models/cifar10', { method: 'DELETE' })],
  ] as const) {
    assert.equal(answer.status, expected, JSON.stringify(answer.json));
    assert.deepEqual(Object.keys(answer.json), ['error']);
    assert.match(answer.json.error, about);
    assert.equal(answer.headers.get('Content-Type'), 'application/json');
    assert.equal(answer.headers.get('Access-Control-Allow-Origin'), '*');
  }
});

test('503 has Retry-After', async () => {
  const empty = await startWorker({ S3_ENDPOINT: 'nonsense' });
  try {
    const answer = await empty.request('/models/cifar10', { method: 'POST', body: image });
    assert.equal(answer.status, 503);
    assert.match(answer.json.error, /S3_ENDPOINT/);
    assert.equal(answer.headers.get('Retry-After'), '1');
  } finally {
    await empty.close();
  }
});
