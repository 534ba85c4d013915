/** Sends a photo of 108 megapixels, as taken by some phones, to a Worker that allows bodies of 40 MB. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import { startWorker } from '../support/worker/start-worker.ts';
import { HUGE, hugePhoto } from './photo.ts';

const MAX_BODY_BYTES = 40 * 2 ** 20;

test('a JPEG of 108 megapixels is answered', async (t) => {
  const bytes = await hugePhoto(90);
  assert.ok(bytes.length < MAX_BODY_BYTES);
  t.diagnostic(`${(bytes.length / 1e6).toFixed(1)} MB`);
  const worker = await startWorker({ MAX_BODY_BYTES: String(MAX_BODY_BYTES) });
  try {
    const classify = (body: Uint8Array) =>
      fetch(new URL('/v1/classify', worker.url), { method: 'POST', body: new Uint8Array(body) });
    const response = await classify(bytes);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    const { image } = JSON.parse(text) as ClassifyAnswer;
    assert.deepEqual(image, { format: 'jpeg', ...HUGE });
    const cut = await classify(bytes.subarray(0, bytes.length >> 1));
    assert.equal(cut.status, 422);
    assert.match(((await cut.json()) as { detail: string }).detail, /truncated|damaged/);
  } finally {
    await worker.close();
  }
});
