import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { answerSigner, fromBase64Url, readAnswerId, toBase64Url } from '@glimpse/shared/feedback/answer-id';
import { feedbackKeys, locateFeedback } from '@glimpse/shared/feedback/names';
import { readFeedbackRecord } from '@glimpse/shared/feedback/record';
import { testRelease } from '@glimpse/test/support/release';
import { jpeg, png } from '@glimpse/test/support/worker/images';
import { startWorker } from '@glimpse/test/support/worker/worker';
import sharp from 'sharp';

const secret = 'the-secret-of-these-tests-in-32-characters-or-more';
const worker = await startWorker({ FEEDBACK_SECRET: secret, FEEDBACK_IMAGES: 'on', REVALIDATE_SECONDS: '0' });
const silent = await startWorker();
const textOnly = await startWorker({ FEEDBACK_SECRET: secret });
after(() => Promise.all([worker, silent, textOnly].map((each) => each.close())));
const release = await testRelease();
for (const each of [worker, silent, textOnly]) await each.publish([release], { stable: release.version });

const send = (body: unknown, { to = worker, raw = false } = {}) =>
  to.request('/v1/feedback', { method: 'POST', body: raw ? (body as BodyInit) : JSON.stringify(body) });
const classified = async (bytes: Uint8Array<ArrayBuffer>, type?: string, to = worker) =>
  (await to.classify(bytes, type === undefined ? {} : { type })).json;
const image = await png(8, 8);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

async function stored(answerId: string) {
  const place = (await locateFeedback(answerId))!;
  const record = await worker.privateBucket.get(feedbackKeys.record(place.model, place.id));
  const kept = await worker.privateBucket.get(feedbackKeys.image(place.model, place.id));
  return {
    place,
    record: record && readFeedbackRecord(await record.text(), place),
    image: kept && new Uint8Array(await kept.arrayBuffer()),
  };
}

/** An id as this endpoint signs it, except for the changes. */
async function signed(change: Partial<NonNullable<ReturnType<typeof readAnswerId>>>, by = secret): Promise<string> {
  const { id } = await classified(image);
  return answerSigner([by]).sign({ ...readAnswerId(id)!, ...change });
}

test('the id of an answer contains the answer and the hash of the bytes', async () => {
  const answer = await classified(image);
  const id = (await answerSigner([secret]).verify(answer.id))!;
  assert.deepEqual([id.model, id.version, id.kind], ['cifar10', release.version, 'image']);
  assert.equal(id.labelIndex, answer.predictions[0].index);
  assert.ok(Math.abs(id.score - answer.predictions[0].score) < 1e-4);
  assert.ok(Math.abs(id.answeredAt - Date.now() / 1000) < 10);
  assert.equal(id.sentSha256, Buffer.from(await crypto.subtle.digest('SHA-256', image)).toString('hex'));
  assert.notEqual((await classified(image)).id, answer.id);
});

test('in a batch each answer has its own id, bound to its image', async () => {
  const form = new FormData();
  const images = [image, await png(9, 9), image];
  for (const bytes of images) form.append('image', new Blob([bytes]));
  const { json } = await worker.request('/v1/classify/batch', { method: 'POST', body: form });
  const ids: string[] = json.results.map(({ answer }: { answer: { id: string } }) => answer.id);
  assert.equal(new Set(ids).size, 3);
  for (const [i, id] of ids.entries()) {
    const { status } = await send({ id, label: 'cat', image: base64(images[i]!), consent: true });
    assert.equal(status, 201);
  }
  assert.equal((await send({ id: ids[0], label: 'cat', image: base64(images[1]!), consent: true })).status, 400);
});

test('feedback is stored once, without the image and without its sender', async () => {
  const { id, predictions } = await classified(image);
  const { status, json } = await send({ id, label: 'ship' });
  const { record, place, image: kept } = await stored(id);
  assert.deepEqual([status, json], [201, { id: place.id }]);
  assert.equal(kept, null);
  assert.ok(record && typeof record === 'object');
  const { time, answer, ...rest } = record;
  assert.deepEqual(rest, {
    formatVersion: 1,
    id: place.id,
    model: 'cifar10',
    version: release.version,
    label: 'ship',
    sentSha256: Buffer.from(await crypto.subtle.digest('SHA-256', image)).toString('hex'),
  });
  assert.equal(answer.label, predictions[0].label);
  assert.ok(Date.parse(time) >= Date.parse(answer.time));
});

test('the same feedback again is 200 and changes nothing; another label replaces it', async () => {
  const { id } = await classified(image);
  const first = await send({ id, label: 'ship' });
  const before = await stored(id);
  const again = await send({ id, label: 'ship' });
  assert.deepEqual([again.status, again.json], [200, first.json]);
  assert.deepEqual((await stored(id)).record, before.record);
  assert.equal((await send({ id, label: 'frog' })).status, 200);
  assert.equal(((await stored(id)).record as { label: string }).label, 'frog');
});

test('simultaneous duplicates leave one record, and all succeed', async () => {
  const { id } = await classified(image);
  const answers = await Promise.all(Array.from({ length: 8 }, () => send({ id, label: 'cat' })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 200, 200, 201]);
  const { place } = await stored(id);
  const { objects } = await worker.privateBucket.list({ prefix: `feedback/cifar10/${place.id.slice(0, 10)}/` });
  assert.equal(objects.filter(({ key }) => key.includes(place.id.slice(11))).length, 1);
});

test('an id that this endpoint did not sign is refused', async () => {
  const { id } = await classified(image);
  const bytes = fromBase64Url(id)!;
  bytes[6]! ^= 1;
  const foreign = {
    'of another secret': await signed({}, secret.toUpperCase()),
    altered: toBase64Url(bytes),
    'of another model, as an alteration': id.slice(0, 79) + Buffer.from('cifar11').toString('base64url') + id.slice(89),
    'a request id': crypto.randomUUID(),
    'with a space': `${id} `,
    NUL: '\0',
    Unicode: '🐱ﬀ',
    cut: id.slice(0, -4),
  };
  for (const [what, wrong] of Object.entries(foreign)) {
    const { status, json } = await send({ id: wrong, label: 'cat' });
    assert.deepEqual([status, json.code], [400, wrong.length > 300 ? 'body-malformed' : 'feedback-id-invalid'], what);
  }
  for (const wrong of Object.values(foreign)) {
    const { status, json } = await worker.request(`/v1/feedback/${encodeURIComponent(wrong)}`, { method: 'DELETE' });
    assert.deepEqual([status, json.code], [400, 'feedback-id-invalid']);
  }
});

test('an id expires; a second before it does not', async () => {
  const now = Math.floor(Date.now() / 1000);
  const week = 7 * 86_400;
  const late = await send({ id: await signed({ answeredAt: now - week - 2 }), label: 'cat' });
  assert.deepEqual([late.status, late.json.code, late.json.limit], [410, 'feedback-id-expired', week]);
  assert.equal((await send({ id: await signed({ answeredAt: now - week + 20 }), label: 'cat' })).status, 201);
});

test('the label is one of the release that answered, even if no channel serves it any more', async () => {
  const other = await testRelease({ model: 'letters', change: { labels: [...'abcdefghij'] } });
  const next = await testRelease({ model: 'letters', seed: 2, change: { labels: [...'klmnopqrst'] } });
  await worker.publish([other], { stable: other.version });
  const { json } = await worker.classify(image, { query: '?model=letters' });
  await worker.publish([other, next], { stable: next.version });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assert.equal((await worker.classify(image, { query: '?model=letters' })).json.model.version, next.version);

  const wrong = await send({ id: json.id, label: 'cat' });
  assert.deepEqual([wrong.status, wrong.json.code], [400, 'feedback-label-unknown']);
  assert.deepEqual([wrong.json.labels, wrong.json.count], [[...'abcdefghij'], 10]);
  assert.match(wrong.json.detail, /"cat" is not a label of letters\. Its 10 labels: a, b/);
  assert.equal((await send({ id: json.id, label: 'k' })).json.code, 'feedback-label-unknown');
  assert.equal((await send({ id: json.id, label: 'a' })).status, 201);
});

test('a release that was deleted from the store', async () => {
  const id = await signed({ version: '20200101T0000Z-00000000' });
  const { status, json } = await send({ id, label: 'cat' });
  assert.deepEqual([status, json.code], [404, 'version-unknown']);
});

test('an image is stored with consent, without its metadata, and decodes to the same pixels', async () => {
  const photo = new Uint8Array(
    await sharp(await jpeg(64, 48))
      .withMetadata({ orientation: 6 })
      .withExifMerge({ IFD0: { Make: 'SECRET' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } })
      .toBuffer(),
  );
  assert.ok(Buffer.from(photo).includes('SECRET'));
  const before = await classified(photo);
  const { status } = await send({ id: before.id, label: 'cat', image: base64(photo), consent: true });
  assert.equal(status, 201);
  const { record, image: kept } = await stored(before.id);
  assert.ok(kept && record && typeof record === 'object');
  assert.ok(!Buffer.from(kept).includes('SECRET') && !Buffer.from(kept).includes('GPS'));
  assert.deepEqual([record.picture?.format, record.picture?.size], ['jpeg', kept.length]);
  assert.equal((await sharp(kept).metadata()).orientation, 6);
  const again = await classified(kept);
  assert.deepEqual([again.predictions, again.image], [before.predictions, before.image]);
});

test('an image can follow later, and later feedback does not lose it', async () => {
  const { id } = await classified(image);
  await send({ id, label: 'cat' });
  assert.equal((await send({ id, label: 'cat', image: base64(image), consent: true })).status, 200);
  await send({ id, label: 'dog' });
  const { record, image: kept } = await stored(id);
  assert.ok(kept && typeof record === 'object' && record?.picture);
  assert.equal(record.label, 'dog');
});

test('raw pixels are stored unchanged, with their size', async () => {
  const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => i & 255);
  const { id } = await classified(pixels, 'application/vnd.glimpse.rgb8');
  assert.equal((await send({ id, label: 'cat', image: base64(pixels), consent: true })).status, 201);
  const { record, image: kept } = await stored(id);
  assert.ok(Buffer.from(kept!).equals(pixels));
  const { format, width, height } = (record as { picture: Record<string, unknown> }).picture;
  assert.deepEqual([format, width, height], ['rgb8', 32, 32]);
});

test('another image, no consent, and images that are not stored: each has its own problem', async () => {
  const { id } = await classified(image);
  const encoded = base64(image);
  const cases: [unknown, number, string][] = [
    [{ id, label: 'cat', image: base64(await png(9, 9)), consent: true }, 400, 'feedback-image-foreign'],
    [{ id, label: 'cat', image: '', consent: true }, 400, 'feedback-image-foreign'],
    [{ id, label: 'cat', image: '*', consent: true }, 400, 'body-malformed'],
    [{ id, label: 'cat', image: encoded }, 400, 'feedback-consent-missing'],
    [{ id, label: 'cat', image: encoded, consent: false }, 400, 'feedback-consent-missing'],
    [{ id, label: 'cat', image: encoded, consent: 'true' }, 400, 'body-malformed'],
  ];
  for (const [body, status, code] of cases) {
    const answer = await send(body);
    assert.deepEqual([answer.status, answer.json.code], [status, code]);
  }
  assert.equal((await stored(id)).record, null);
  const { id: there } = await classified(image, undefined, textOnly);
  const off = await send({ id: there, label: 'cat', image: encoded, consent: true }, { to: textOnly });
  assert.deepEqual([off.status, off.json.code], [403, 'feedback-images-off']);
  assert.equal((await send({ id: there, label: 'cat', consent: true }, { to: textOnly })).status, 201);
});

test('a body that is not feedback is told the expected form', async () => {
  for (const body of ['', 'x', '[]', '{}', '{"id":1,"label":"cat"}', '{"id":"x"}', '{"id":"x","label":""}', 'null']) {
    const { status, json } = await send(body, { raw: true });
    assert.deepEqual([status, json.code], [400, 'body-malformed'], body);
    assert.match(json.detail, /\{"id": "…", "label": "…"/);
  }
  const deep = await send('['.repeat(200_000), { raw: true });
  assert.deepEqual([deep.status, deep.json.code], [400, 'body-malformed']);
});

test('60 MB are refused, and the next feedback is accepted', async () => {
  const { status, json } = await send(new Uint8Array(60e6), { raw: true });
  assert.deepEqual([status, json.code, json.limit], [413, 'body-too-large', 12 * 2 ** 20]);
  assert.equal((await send({ id: (await classified(image)).id, label: 'cat' })).status, 201);
});

test('the id deletes the record and the image, at any age, and twice', async () => {
  const { id } = await classified(image);
  await send({ id, label: 'cat', image: base64(image), consent: true });
  for (let time = 0; time < 2; time++) {
    const { status, json } = await worker.request(`/v1/feedback/${id}`, { method: 'DELETE' });
    assert.deepEqual([status, json], [204, undefined]);
  }
  const { record, image: kept } = await stored(id);
  assert.deepEqual([record, kept], [null, null]);
  const old = await signed({ answeredAt: 1_600_000_000 });
  assert.equal((await worker.request(`/v1/feedback/${old}`, { method: 'DELETE' })).status, 204);
});

test('a record that cannot be read is replaced', async () => {
  const { id } = await classified(image);
  const place = (await locateFeedback(id))!;
  await worker.privateBucket.put(feedbackKeys.record(place.model, place.id), 'garbage');
  assert.equal((await send({ id, label: 'cat' })).status, 200);
  assert.equal(typeof (await stored(id)).record, 'object');
});

test('without a secret the id is the request id, and feedback says which variable to set', async () => {
  const answer = await silent.classify(image);
  assert.equal(answer.json.id, answer.headers.get('X-Request-Id'));
  for (const { status, json } of [
    await send({ id: answer.json.id, label: 'cat' }, { to: silent }),
    await silent.request(`/v1/feedback/${answer.json.id}`, { method: 'DELETE' }),
  ]) {
    assert.deepEqual([status, json.code], [404, 'feedback-off']);
    assert.match(json.detail, /FEEDBACK_SECRET/);
  }
});
