/** Eight big photos at once with small ones between them, again and again, through one isolate in workerd. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { ROOT, startWorker } from '../worker/start-worker.ts';
import { jpegPhoto } from './photo.ts';

const ROUNDS = 20;
const BIG = 8;
const SMALL_BETWEEN = 2;

test('all are answered or told to come back, and small ones are not starved', async (t) => {
  const big = await jpegPhoto(4032, 3024, { quality: 75 });
  const small = await readFile(join(ROOT, 'examples/cat.png'));
  const worker = await startWorker();
  const classify = async (body: Buffer) => {
    const response = await fetch(new URL('/v1/classify', worker.url), { method: 'POST', body: new Uint8Array(body) });
    const text = await response.text();
    if (response.status === 503) assert.match(response.headers.get('Retry-After') ?? '', /^\d+$/);
    else assert.equal(response.status, 200, text);
    return response.status;
  };
  const counts = { big: { 200: 0, 503: 0 }, small: { 200: 0, 503: 0 } };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const answers: Promise<void>[] = [];
      for (let i = 0; i < BIG; i++) {
        answers.push(classify(big).then((status) => void counts.big[status as 200 | 503]++));
        for (let j = 0; j < SMALL_BETWEEN; j++) {
          answers.push(classify(small).then((status) => void counts.small[status as 200 | 503]++));
        }
      }
      await Promise.all(answers);
      // Whatever the round did to the isolate, the next picture is answered.
      assert.equal(await classify(small), 200);
    }
    t.diagnostic(JSON.stringify(counts));
    assert.equal(counts.big[200] + counts.big[503], ROUNDS * BIG);
    assert.equal(counts.small[200], ROUNDS * BIG * SMALL_BETWEEN, 'a small picture never has to wait for room');
    assert.ok(counts.big[200] >= ROUNDS, 'big ones get through');
  } finally {
    await worker.close();
  }
});
