/** On an S3 stand-in that can fail on demand; `routes/feedback.test.ts` tests R2 through HTTP. */
import assert from 'node:assert/strict';
import test, { after, beforeEach } from 'node:test';
import { feedbackKeys } from '@glimpse/shared/feedback/names';
import { type FeedbackRecord, readFeedbackRecord } from '@glimpse/shared/feedback/record';
import { refuse, startS3 } from '@glimpse/test/support/worker/s3-server';
import { S3Store } from '../store/s3-store.ts';
import { mapStoreErrors } from './open-feedback.ts';
import { deleteFeedback, storeFeedback } from './stored-feedback.ts';

const s3 = await startS3('private');
after(() => s3.close());
beforeEach(() => {
  s3.objects.clear();
  s3.disturb = undefined;
});
const store = new S3Store(
  {
    ...{ endpoint: s3.endpoint, bucket: 'private', bucketVariable: 'PRIVATE_S3_BUCKET', prefix: '' },
    ...{ region: 'auto', accessKeyId: 'key', secretAccessKey: 'secret' },
  },
  { deadlineMs: 2_000 },
);

const id = `2026-11-25-${'0'.repeat(32)}`;
const record: FeedbackRecord = {
  ...{ formatVersion: 1, id, model: 'cifar10', version: '20261125T0915Z-12702b91', label: 'cat' },
  answer: { label: 'dog', index: 5, score: 0.5, time: '2026-11-25T10:00:00.000Z' },
  ...{ time: '2026-11-25T10:00:01.000Z', sentSha256: 'a'.repeat(64) },
};
const image = Uint8Array.of(1, 2, 3);
const withImage: FeedbackRecord = { ...record, picture: { format: 'png', size: 3, sha256: 'b'.repeat(64) } };
const [recordKey, imageKey] = [feedbackKeys.record('cifar10', id), feedbackKeys.image('cifar10', id)];
const stored = () => {
  const object = s3.objects.get(recordKey);
  if (object === undefined) return undefined;
  return readFeedbackRecord(Buffer.from(object as Uint8Array).toString(), record) as FeedbackRecord;
};

test('concurrent feedback with different labels: one record with one of the labels, and every failure is reported', async () => {
  const labels = ['cat', 'dog', 'frog', 'ship'];
  const outcomes = await Promise.allSettled(
    labels.map((label) => storeFeedback(store, { ...record, label }, undefined)),
  );
  assert.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value.isNew).length, 1);
  for (const outcome of outcomes) if (outcome.status === 'rejected') assert.equal(outcome.reason.code, 'busy');
  assert.deepEqual([...s3.objects.keys()], [recordKey]);
  assert.ok(labels.includes(stored()!.label));
});

test('the image of one sender and the label of another end up in one record', async () => {
  await Promise.all([
    storeFeedback(store, withImage, image),
    storeFeedback(store, { ...record, label: 'frog' }, undefined),
  ]);
  assert.deepEqual(stored()?.picture, withImage.picture);
  assert.ok(Buffer.from(s3.objects.get(imageKey) as Uint8Array).equals(image));
});

test('a writer that always loses is told to try again, and changes nothing', async () => {
  let n = 0;
  s3.disturb = (request) => {
    // Another writer comes before each write.
    if (request.method === 'PUT') s3.objects.set(recordKey, JSON.stringify({ ...record, label: `other ${n++}` }));
    return false;
  };
  await assert.rejects(storeFeedback(store, record, undefined), { code: 'busy', retryAfter: 1 });
  assert.equal(n, 5);
  assert.equal(stored()?.label, 'other 4');
});

test('a store that fails midway is reported, and the next attempt stores everything', async () => {
  s3.disturb = (request, response) => {
    if (request.method !== 'PUT' || !request.url?.endsWith('.json')) return false;
    refuse(response, 500, 'InternalError');
    return true;
  };
  await assert.rejects(mapStoreErrors(storeFeedback(store, withImage, image)), {
    code: 'feedback-unavailable',
    retryAfter: 1,
  });
  assert.deepEqual([...s3.objects.keys()], [imageKey]);
  s3.disturb = undefined;
  assert.deepEqual(await storeFeedback(store, withImage, image), { isNew: true });
  assert.deepEqual(stored(), withImage);
});

test('a deletion that fails midway leaves the record, so that it can be repeated', async () => {
  await storeFeedback(store, withImage, image);
  s3.disturb = (request, response) => {
    if (!request.url?.endsWith('.json')) return false;
    refuse(response, 503, 'SlowDown');
    return true;
  };
  await assert.rejects(mapStoreErrors(deleteFeedback(store, 'cifar10', id)), { code: 'feedback-unavailable' });
  assert.deepEqual([...s3.objects.keys()], [recordKey]);
  s3.disturb = undefined;
  await deleteFeedback(store, 'cifar10', id);
  assert.equal(s3.objects.size, 0);
});
