/** The published client in Node, against the real Worker. */
import assert from 'node:assert/strict';
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { createKeyText } from '@glimpse/shared/access/key-text';
import { photo } from '../images/photo.ts';
import { ROOT, startWorker } from '../support/worker/start-worker.ts';
import { buildClient } from './built-client.ts';

const built = await buildClient();
const worker = await startWorker({ FEEDBACK_SECRET: 'ab'.repeat(32), FEEDBACK_IMAGES: 'on' });
after(async () => {
  await worker.close();
  await built.remove();
});
const { Glimpse, ...errors } = await built.load();
const glimpse = new Glimpse({ endpoint: worker.url });
const example = (name: string) => join(ROOT, 'examples', `${name}.png`);
const cat = await readFile(example('cat'));

test('files, blobs, bytes and URLs are classified alike', async () => {
  const bytes = new Uint8Array(cat);
  for (const image of [
    bytes,
    bytes.buffer,
    new Blob([bytes]),
    new File([bytes], 'cat.txt', { type: 'text/plain' }),
    await openAsBlob(example('cat')),
    `data:image/png;base64,${cat.toString('base64')}`,
  ]) {
    const answer = await glimpse.classify(image, { topK: 2 });
    assert.equal(answer.predictions.length, 2);
    assert.equal(answer.predictions[0]!.label, 'cat');
    assert.deepEqual(answer.image, { format: 'png', width: 32, height: 32 });
  }
});

test('a model, a version and a channel can be named', async () => {
  const { models, default: name } = await glimpse.models();
  assert.deepEqual([models.map((model) => model.name), name], [['cifar10'], 'cifar10']);
  const { release, channels } = await glimpse.model(name);
  assert.deepEqual([release!.version, release!.labels.length], [channels.stable!.version, 10]);
  const { version } = release!;
  assert.equal((await glimpse.classify(cat, { model: name, version })).model.channel, null);
  assert.equal((await glimpse.classify(cat, { channel: 'stable' })).model.version, version);
  const missing = glimpse.classify(cat, { model: 'none' });
  await assert.rejects(missing, (error) => error instanceof errors.NotFoundError && error.code === 'model-unknown');
});

test('a batch keeps the order, and each image has its own answer or error', async () => {
  const ship = await openAsBlob(example('ship'));
  const results = await glimpse.classifyBatch([cat, cat.subarray(0, 200), ship], { topK: 1 });
  assert.deepEqual(
    results.map(({ answer }) => answer?.predictions[0]?.label),
    ['cat', undefined, 'ship'],
  );
  const { error } = results[1]!;
  assert.ok(error instanceof errors.UndecodableImageError && error.code === 'image-undecodable');
  await assert.rejects(glimpse.classifyBatch(Array.from({ length: 33 }, () => cat)), {
    name: 'TooLargeError',
    code: 'batch-too-large',
  });
});

test('ImageData is resized by the client', async () => {
  const { data } = await photo(640, 480).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const pixels = { data: new Uint8ClampedArray(data), width: 640, height: 480, colorSpace: 'srgb' } as ImageData;
  const small = await glimpse.classify(pixels);
  assert.deepEqual(small.image, { format: 'rgb8', width: 32, height: 32 });
  const whole = await glimpse.classify(new Uint8Array(await photo(640, 480).png().toBuffer()), { upload: 'original' });
  assert.deepEqual(whole.image, { format: 'png', width: 640, height: 480 });
  assert.equal(whole.predictions[0]!.label, small.predictions[0]!.label);
  assert.ok(Math.abs(whole.predictions[0]!.score - small.predictions[0]!.score) < 0.01);
});

test('each image problem has its error class', async () => {
  const cases = [
    [new Blob(['%PDF-1.7']), errors.UnsupportedImageError, 'image-unsupported'],
    [cat.subarray(0, 300), errors.UndecodableImageError, 'image-undecodable'],
    [new Uint8Array(), errors.BadRequestError, 'body-empty'],
    [{ url: 'https://example.org/cat.jpg' }, errors.BadRequestError, 'url-refused'],
  ] as const;
  for (const [image, Kind, code] of cases) {
    const error = await glimpse.classify(image).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof Kind && error instanceof errors.GlimpseError, code);
    assert.equal(error.code, code);
    assert.match(error.requestId!, /^[\w-]+$/);
    assert.ok(error.message.length > 10);
  }
  await assert.rejects(glimpse.classify(cat, { topK: 99 }), { name: 'BadRequestError' });
});

test('feedback includes the image only with consent, and can be deleted', async () => {
  const answer = await glimpse.classify(new Uint8Array(cat));
  const bare = await glimpse.feedback(answer, 'dog');
  assert.equal(typeof bare, 'string');
  await glimpse.deleteFeedback(answer);
  await glimpse.feedback(answer, 'dog', { consent: true });
  await glimpse.deleteFeedback(answer.id);
  await assert.rejects(glimpse.feedback('not-an-id', 'dog'), { name: 'BadRequestError', code: 'feedback-id-invalid' });
  await assert.rejects(glimpse.feedback(answer, 'no such label'), { code: 'feedback-label-unknown' });
});

test('an aborted call rejects with the reason', async () => {
  const signal = AbortSignal.timeout(1);
  await assert.rejects(glimpse.classify(cat, { signal }), { name: 'TimeoutError' });
});

test('an unknown key is a KeyError that does not contain the key', async () => {
  const key = createKeyText('secret');
  const error = await new Glimpse({ endpoint: worker.url, key }).classify(cat).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof errors.KeyError && error.code === 'key-unknown');
  assert.ok(!JSON.stringify({ ...error, message: error.message }).includes(key));
});
