import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { classifyAnswerSchema } from '@glimpse/shared/api/classify';
import { limitsSchema, pixelLimits } from '@glimpse/shared/api/limits';
import { nodeImageReader } from '@glimpse/shared/image/node';
import { normalize } from '@glimpse/shared/image/tensor';
import { readModelFile } from '@glimpse/shared/model/network/model-file';
import { Network } from '@glimpse/shared/model/network/network';
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import { testRelease } from '@glimpse/test/support/release';
import { jpeg, png } from '@glimpse/test/support/worker/images';
import { startWorker } from '@glimpse/test/support/worker/worker';

const stable = await testRelease({ change: { rejectionThreshold: 0.99, calibration: { temperature: 2 } } });
const canary = await testRelease({ seed: 2 });
const unserved = await testRelease({ seed: 3 });
const worker = await startWorker();
await worker.publish([stable, canary, unserved], { stable: stable.version, canary: canary.version });
after(() => worker.close());
const { classify } = worker;

const image = await png(40, 30);

test('the answer equals bit for bit what the runner computes in Node', async () => {
  const { status, json, headers } = await classify(image, { query: '?channel=canary&top_k=10' });
  assert.equal(status, 200);
  const answer = classifyAnswerSchema.parse(json);

  await useWasmBackend();
  const files = new Map([...canary.objects].map(([key, bytes]) => [key.split('/').at(-1)!, bytes]));
  const network = Network.fromFiles(readModelFile(new TextDecoder().decode(files.get('model.json'))), files);
  const { input, labels } = canary.manifest;
  const { pixels } = await nodeImageReader()(image, input, pixelLimits(limitsSchema.parse({})));
  const scores = network.predict(normalize(pixels, input));

  assert.deepEqual(answer, {
    id: headers.get('X-Request-Id'),
    model: { name: 'cifar10', version: canary.version, channel: 'canary' },
    predictions: [...scores]
      .map((score, index) => ({ label: labels[index]!, index, score }))
      .sort((a, b) => b.score - a.score),
    image: { format: 'png', width: 40, height: 30 },
  });
  assert.match(headers.get('Server-Timing') ?? '', /^decode;dur=[\d.]+, infer;dur=[\d.]+, total;dur=[\d.]+$/);
});

test("five classes by default, best first, and `uncertain` below the release's threshold", async () => {
  const { json } = await classify(image);
  assert.equal(json.predictions.length, 5);
  assert.equal(json.uncertain, true);
  const scores = json.predictions.map(({ score }: { score: number }) => score);
  assert.deepEqual(
    scores,
    [...scores].sort((a, b) => b - a),
  );
  assert.equal((await classify(image, { query: '?top_k=1' })).json.predictions.length, 1);
});

test('a version is served by name while a channel serves it', async () => {
  const { json } = await classify(image, { query: `?version=${canary.version}` });
  assert.deepEqual(json.model, { name: 'cifar10', version: canary.version, channel: null });
  for (const version of [unserved.version, '20200101T0000Z-00000000']) {
    const { status, json: problem } = await classify(image, { query: `?version=${version}` });
    assert.deepEqual({ status, code: problem.code }, { status: 404, code: 'version-unknown' });
  }
});

test('an unknown channel or model is 404', async () => {
  for (const [query, code] of [
    ['?channel=beta', 'version-unknown'],
    ['?channel=constructor', 'version-unknown'],
    ['?model=cats', 'model-unknown'],
    ['?model=constructor', 'model-unknown'],
  ]) {
    const { status, json } = await classify(image, { query: query! });
    assert.deepEqual({ status, code: json.code }, { status: 404, code }, query);
  }
});

test('an invalid parameter is 400, and the problem for top_k has its range', async () => {
  for (const value of ['banana', '0', '11', '-1', '1.5', '', '1e1', '99999999']) {
    const { status, json } = await classify(image, { query: `?top_k=${value}` });
    assert.deepEqual({ status, code: json.code }, { status: 400, code: 'parameter-invalid' }, value);
    assert.match(json.detail, /from 1 to 10/);
    assert.deepEqual([json.minimum, json.maximum], [1, 10]);
  }
  for (const query of [
    `?version=${stable.version}&channel=stable`,
    '?model=../x',
    '?model=',
    '?version=latest',
    '?channel=A',
    '?top_k=1&top_k=2',
    '?model=cifar10&model=cifar10',
  ]) {
    const { status, json } = await classify(image, { query });
    assert.deepEqual({ status, code: json.code }, { status: 400, code: 'parameter-invalid' }, query);
  }
});

const json = 'application/json';
const base64 = Buffer.from(image).toString('base64');
/** The same parameters in the three places. */
const places: Record<string, (parameters: Record<string, string | number>) => ReturnType<typeof classify>> = {
  query: (parameters) =>
    classify(image, {
      query: `?${new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]))}`,
    }),
  form: (parameters) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(parameters)) form.append(name, String(value));
    form.append('image', new Blob([image]), 'cat.png');
    return classify(form);
  },
  JSON: (parameters) => classify(JSON.stringify({ ...parameters, image: base64 }), { type: json }),
};

for (const [place, send] of Object.entries(places)) {
  test(`parameters in the ${place}: all are accepted, unknown and invalid ones are 400`, async () => {
    const all = (await classify(image, { query: '?top_k=10' })).json.predictions as { score: number }[];
    const threshold = all[2]!.score;
    const { status, json: answer } = await send({ top_k: 7, threshold, model: 'cifar10', version: stable.version });
    assert.equal(status, 200, JSON.stringify(answer));
    assert.deepEqual(answer.predictions, all.slice(0, 3));
    assert.deepEqual(answer.model, { name: 'cifar10', version: stable.version, channel: null });
    assert.equal((await send({ channel: 'stable' })).json.model.channel, 'stable');
    const none = await send({ threshold: 1 });
    assert.deepEqual([none.status, none.json.predictions], [200, []]);
    assert.equal((await send({ model: 'cats' })).json.code, 'model-unknown');
    for (const [parameter, nearest] of Object.entries({ topK: 'top_k', modle: 'model', min_score: 'threshold' })) {
      const refused = await send({ [parameter]: 1 });
      assert.deepEqual(
        [refused.status, refused.json.code, refused.json.parameter],
        [400, 'parameter-invalid', parameter],
      );
      assert.match(refused.json.detail, new RegExp(`Did you mean "${nearest}"`));
    }
    for (const [name, value] of [
      ['threshold', '1.1'],
      ['threshold', -0.1],
      ['threshold', 'high'],
      ['threshold', ''],
      ['top_k', 11],
      ['top_k', 1.5],
      ['model', '../x'],
    ] as const) {
      const refused = await send({ [name]: value });
      assert.deepEqual([refused.status, refused.json.code, refused.json.parameter], [400, 'parameter-invalid', name]);
    }
  });
}

test('a parameter that is given in two places is 400', async () => {
  const body = JSON.stringify({ image: base64, top_k: 1 });
  const { status, json: problem } = await classify(body, { type: json, query: '?top_k=1' });
  assert.deepEqual([status, problem.code, problem.parameter], [400, 'parameter-invalid', 'top_k']);
});

test('other routes of /v1 have no parameters', async () => {
  const { status, json: problem } = await worker.request('/v1/models?limit=3');
  assert.deepEqual([status, problem.code, problem.parameter], [400, 'parameter-invalid', 'limit']);
  assert.equal((await worker.request('/healthz?nocache=1')).status, 200);
});

test('the format is detected from the bytes, regardless of the Content-Type', async () => {
  for (const type of [undefined, 'image/jpeg', 'text/html', 'application/x-www-form-urlencoded', 'nonsense']) {
    const { status, json } = await classify(image, type === undefined ? {} : { type });
    assert.equal(status, 200, type);
    assert.equal(json.image.format, 'png');
  }
  const { json } = await classify(await jpeg(50, 20), { type: 'image/png' });
  assert.deepEqual(json.image, { format: 'jpeg', width: 50, height: 20 });
});

test('a body that is not an image is 415 and named, a truncated image is 422, one with too many pixels is 413', async () => {
  const html = await classify('<!doctype html><title>404</title>', { type: 'image/jpeg' });
  assert.deepEqual([html.status, html.json.code], [415, 'image-unsupported']);
  assert.match(html.json.detail, /HTML/);
  for (const whole of [image, await jpeg(64, 64)]) {
    const cut = await classify(whole.slice(0, whole.length >> 1));
    assert.deepEqual([cut.status, cut.json.code], [422, 'image-undecodable']);
  }
  const huge = image.slice();
  new DataView(huge.buffer).setUint32(16, 60_000);
  new DataView(huge.buffer).setUint32(20, 60_000);
  const { status, json } = await classify(withHeaderChecksum(huge));
  assert.deepEqual([status, json.code, json.actual], [413, 'image-too-many-pixels', 3.6e9]);
});

test('an empty body is 400 in every form', async () => {
  for (const type of [
    undefined,
    'application/json',
    'multipart/form-data; boundary=x',
    'application/vnd.glimpse.rgb8',
  ]) {
    const { status, json } = await classify('', type === undefined ? {} : { type });
    assert.deepEqual([status, json.code], [400, 'body-empty'], type);
  }
  const { status, json } = await classify('{"image": ""}', { type: 'application/json' });
  assert.deepEqual([status, json.code], [400, 'body-empty']);
});

test('raw pixels give the answer of the same image, and must have the right length', async () => {
  const type = 'application/vnd.glimpse.rgb8';
  const small = await png(32, 32);
  const { pixels } = await nodeImageReader()(small, stable.manifest.input, pixelLimits(limitsSchema.parse({})));
  const [raw, file] = [await classify(new Uint8Array(pixels), { type }), await classify(small)];
  assert.equal(raw.status, 200);
  assert.deepEqual(raw.json.predictions, file.json.predictions);
  assert.deepEqual(raw.json.image, { format: 'rgb8', width: 32, height: 32 });
  for (const length of [1, 3071, 3073, 1024]) {
    const { status, json } = await classify(new Uint8Array(length), { type });
    assert.deepEqual([status, json.code, json.expected, json.actual], [400, 'pixels-wrong-length', 3072, length]);
  }
});

test('JSON: base64 of either alphabet, with or without padding and prefix', async () => {
  const type = 'application/json; charset=utf-8';
  const { predictions } = (await classify(image)).json;
  const base64 = Buffer.from(image).toString('base64');
  for (const encoded of [
    base64,
    base64.replace(/=+$/, ''),
    Buffer.from(image).toString('base64url'),
    `data:image/png;base64,${base64}`,
    base64.replace(/(.{76})/g, '$1\r\n'),
  ]) {
    const { status, json } = await classify(JSON.stringify({ image: encoded }), { type });
    assert.equal(status, 200, encoded.slice(0, 40));
    assert.deepEqual(json.predictions, predictions);
  }
  for (const body of [
    JSON.stringify({ image: `${base64.slice(0, 50)}*${base64.slice(51)}` }),
    JSON.stringify({ image: 'A' }),
    JSON.stringify({ image: `=${base64}` }),
    JSON.stringify({ image: 7 }),
    JSON.stringify({ photo: base64 }),
    JSON.stringify([base64]),
    `{"image": "${base64.slice(0, 20)}`,
    'null',
    '\xff\xfe',
  ]) {
    const { status, json } = await classify(body, { type });
    assert.deepEqual([status, json.code], [400, 'body-malformed'], body.slice(0, 40));
  }
});

test('multipart: the one file in the field image', async () => {
  const { predictions } = (await classify(image)).json;
  const form = new FormData();
  form.append('image', new Blob([image]), 'cat.png');
  const { status, json } = await classify(form);
  assert.equal(status, 200);
  assert.deepEqual(json.predictions, predictions);

  const refused: [string, BodyInit, string | undefined, RegExp][] = [];
  const fields = (entries: [string, Blob | string][]) => {
    const made = new FormData();
    for (const [name, value] of entries) made.append(name, value);
    return made;
  };
  const file = new Blob([image]);
  refused.push(['no field', fields([['photo', file]]), undefined, /no field "image".*"photo"/]);
  refused.push([
    'two in the field',
    fields([
      ['image', file],
      ['image', file],
    ]),
    undefined,
    /more than one file/,
  ]);
  refused.push([
    'two files',
    fields([
      ['image', file],
      ['other', file],
    ]),
    undefined,
    /more than one file/,
  ]);
  refused.push(['text', fields([['image', 'cat.png']]), undefined, /text, not a file/]);
  refused.push(['no boundary', '--x\r\n', 'multipart/form-data', /boundary/]);
  refused.push([
    'another boundary',
    '--x\r\n\r\nhello\r\n--x--',
    'multipart/form-data; boundary=y',
    /does not occur in the body/,
  ]);
  refused.push(['mixed', '--x\r\n\r\nhello\r\n--x--', 'multipart/mixed; boundary=x', /form-data/]);
  for (const [name, body, type, detail] of refused) {
    const answer = await classify(body, type === undefined ? {} : { type });
    assert.deepEqual([answer.status, answer.json.code], [400, 'body-malformed'], name);
    assert.match(answer.json.detail, detail, name);
  }
});

test('none of these requests caused an error in the Worker', () => {
  assert.deepEqual(
    worker.logs().filter(({ level }) => level === 'error'),
    [],
  );
});

/** Recomputes the checksum of the header, so that only the size is unusual. */
function withHeaderChecksum(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let crc = 0xffffffff;
  for (const byte of bytes.subarray(12, 29)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  new DataView(bytes.buffer).setUint32(29, ~crc >>> 0);
  return bytes;
}
