import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { inferAnswerSchema, modelMetadataSchema } from '@glimpse/shared/api/open-inference';
import { testRelease } from '@glimpse/test/support/release';
import { png } from '@glimpse/test/support/worker/images';
import { root } from '@glimpse/test/support/worker/root';
import { startWorker } from '@glimpse/test/support/worker/worker';

const stable = await testRelease();
const canary = await testRelease({ seed: 2 });
const { labels, input } = stable.manifest;
const each = input.height * input.width * input.channels;
const worker = await startWorker();
await worker.publish([stable, canary], { stable: stable.version, canary: canary.version });
after(() => worker.close());
const { request } = worker;

const image = await png(40, 30);
const other = await png(33, 20);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const infer = (body: unknown, path = '/v2/models/cifar10/infer', headers: Record<string, string> = {}) =>
  request(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers });
const images = (...files: Uint8Array[]) => ({
  inputs: [{ name: 'picture', datatype: 'BYTES', shape: [files.length], data: files.map(base64) }],
});

/** All scores of POST /v1/classify, by class. */
async function scoresOf(file: BodyInit, query = '', type?: string): Promise<number[]> {
  const { json } = await worker.classify(file, { query: `?top_k=10${query}`, ...(type ? { type } : {}) });
  const scores = Array<number>(labels.length);
  for (const { index, score } of json.predictions) scores[index] = score;
  return scores;
}

test('server metadata, liveness and readiness', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  assert.deepEqual((await request('/v2')).json, {
    name: 'glimpse',
    version,
    extensions: ['classification', 'binary_tensor_data'],
  });
  assert.deepEqual((await request('/v2/health/live')).json, { live: true });
  assert.deepEqual((await request('/v2/health/ready')).json, { ready: true });
  for (const path of ['/v2/models/cifar10/ready', `/v2/models/cifar10/versions/${canary.version}/ready`]) {
    assert.deepEqual((await request(path)).json, { name: 'cifar10', ready: true });
  }
});

test('the inputs and outputs of a model', async () => {
  const { json } = await request('/v2/models/cifar10');
  modelMetadataSchema.parse(json);
  const shape = [-1, input.height, input.width, input.channels];
  assert.deepEqual(json, {
    name: 'cifar10',
    versions: [stable.version, canary.version],
    platform: 'tensorflow_tfjs',
    inputs: [
      { name: 'picture', datatype: 'BYTES', shape: [-1] },
      { name: 'pixels', datatype: 'UINT8', shape },
      { name: 'tensor', datatype: 'FP32', shape },
    ],
    outputs: [
      { name: 'scores', datatype: 'FP32', shape: [-1, 10] },
      { name: 'label', datatype: 'BYTES', shape: [-1] },
      { name: 'index', datatype: 'INT32', shape: [-1] },
    ],
  });
  assert.equal((await request(`/v2/models/cifar10/versions/${canary.version}`)).status, 200);
});

test('images: the scores of POST /v1/classify, in order, and the id of the request', async () => {
  const { status, json, headers } = await infer({ id: 'mine', ...images(image, other, image) });
  assert.equal(status, 200);
  inferAnswerSchema.parse(json);
  const expected = [await scoresOf(image), await scoresOf(other), await scoresOf(image)];
  const best = expected.map((scores) => scores.indexOf(Math.max(...scores)));
  assert.deepEqual(json, {
    id: 'mine',
    model_name: 'cifar10',
    model_version: stable.version,
    outputs: [
      { name: 'scores', datatype: 'FP32', shape: [3, 10], data: expected.flat() },
      { name: 'label', datatype: 'BYTES', shape: [3], data: best.map((index) => labels[index]) },
      { name: 'index', datatype: 'INT32', shape: [3], data: best },
    ],
  });
  assert.match(headers.get('Server-Timing') ?? '', /decode;dur=.*infer;dur=/);
});

test('raw pixels and the normalized tensor give the same scores', async () => {
  const bytes = Uint8Array.from({ length: each }, (_, i) => (i * 31) & 255);
  const values = Array.from(bytes, (byte, i) =>
    Math.fround((byte / 255 - input.mean[i % input.channels]!) / input.standardDeviation[i % input.channels]!),
  );
  const shape = [1, input.height, input.width, input.channels];
  const expected = await scoresOf(bytes, '', 'application/vnd.glimpse.rgb8');
  for (const [name, datatype, data] of [
    ['pixels', 'UINT8', [...bytes]],
    ['tensor', 'FP32', values],
  ] as const) {
    const { json } = await infer({ inputs: [{ name, datatype, shape, data }], outputs: [{ name: 'scores' }] });
    assert.deepEqual(json.outputs, [{ name: 'scores', datatype: 'FP32', shape: [1, 10], data: expected }]);
  }
});

test('one version, by name', async () => {
  const { json } = await infer(images(image), `/v2/models/cifar10/versions/${canary.version}/infer`);
  assert.equal(json.model_version, canary.version);
  assert.deepEqual(json.outputs[0].data, await scoresOf(image, '&channel=canary'));
});

test('the requested outputs; the best classes as text, as in Triton', async () => {
  const scores = await scoresOf(image);
  const order = scores.map((_, index) => index).sort((a, b) => scores[b]! - scores[a]!);
  const text = order.map((index) => `${scores[index]}:${index}:${labels[index]}`);
  for (const [classification, count] of [
    [3, 3],
    [99, 10],
  ] as const) {
    const outputs = [{ name: 'index' }, { name: 'scores', parameters: { classification, binary_data: true } }];
    const { json } = await infer({ ...images(image), outputs });
    assert.deepEqual(json.outputs, [
      { name: 'index', datatype: 'INT32', shape: [1], data: [order[0]] },
      { name: 'scores', datatype: 'BYTES', shape: [1, count], data: text.slice(0, count) },
    ]);
  }
});

test('an image in binary after the JSON', async () => {
  const parameters = { binary_data_size: image.length + 4 };
  const json = JSON.stringify({ inputs: [{ name: 'picture', datatype: 'BYTES', shape: [1], parameters }] });
  const answer = await request('/v2/models/cifar10/infer', {
    method: 'POST',
    body: new Blob([json, Uint32Array.of(image.length), image]),
    headers: { 'Inference-Header-Content-Length': String(json.length) },
  });
  assert.deepEqual(answer.json.outputs[0].data, await scoresOf(image));
});

test('errors are one text, with the status of the problem', async () => {
  const cut = image.slice(0, 100);
  const huge = { name: 'tensor', datatype: 'FP32', shape: [1, input.height, input.width, input.channels] };
  const unsupported = new TextEncoder().encode('<!doctype html>');
  for (const [status, about, answer] of [
    [400, /not JSON.*picture \(BYTES\)/, await infer('')],
    [400, /not JSON/, await infer('{')],
    [400, /Compressed/, await infer(images(image), undefined, { 'Content-Encoding': 'gzip' })],
    [400, /Inference-Header/, await infer('{}', undefined, { 'Inference-Header-Content-Length': '99' })],
    [400, /outputs\.0\.name.*scores/, await infer({ ...images(image), outputs: [{ name: 'probs' }] })],
    [
      400,
      /Only the output scores/,
      await infer({ ...images(image), outputs: [{ name: 'label', parameters: { classification: 1 } }] }),
    ],
    [400, /-10000 to 10000/, await infer({ inputs: [{ ...huge, data: Array(each).fill(3e38) }] })],
    [415, /^Image 2 of 3: .*HTML/, await infer(images(image, unsupported, image))],
    [422, /^This PNG is truncated/, await infer(images(cut))],
    [404, /no model none/, await infer(images(image), '/v2/models/none/infer')],
    [404, /no model none/, await request('/v2/models/none')],
    [404, /no model none/, await request('/v2/models/none/ready')],
    [404, /a-z/, await request('/v2/models/UPPER')],
    [404, /serves the versions/, await request('/v2/models/cifar10/versions/1')],
    [404, /version/, await request('/v2/models/cifar10/versions/1/ready')],
    [404, /version/, await infer(images(image), '/v2/models/cifar10/versions/20200101T0000Z-00000000/infer')],
    [404, /Nothing exists at/, await request('/v2/models/cifar10/config')],
    [404, /Nothing exists at/, await request('/v2/repository/index', { method: 'POST' })],
    [405, /GET/, await request('/v2/health/live', { method: 'POST' })],
    [405, /POST/, await request('/v2/models/cifar10/infer')],
    [413, /bytes/, await infer('x'.repeat(26 * 2 ** 20))],
  ] as const) {
    assert.equal(answer.status, status, JSON.stringify(answer.json));
    assert.deepEqual(Object.keys(answer.json), ['error']);
    assert.match(answer.json.error, about);
    assert.match(answer.headers.get('X-Request-Id') ?? '', /./);
  }
  const errors = worker.logs().filter(({ level }) => level === 'error');
  assert.deepEqual(errors, []);
});

test('without a release, alive and not ready', async () => {
  const empty = await startWorker();
  try {
    assert.deepEqual((await empty.request('/v2/health/live')).json, { live: true });
    for (const path of ['/v2/health/ready', '/v2/models/cifar10']) {
      const { status, json } = await empty.request(path);
      assert.deepEqual([status, Object.keys(json)], [path.endsWith('ready') ? 503 : 404, ['error']]);
    }
  } finally {
    await empty.close();
  }
});
