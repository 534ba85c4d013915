/** Repeatedly sends eight large photos with small ones between them through one isolate in workerd. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { readSubject } from '../bench/subject.ts';
import { buildWorker } from '../bench/worker-build.ts';
import { startWorker } from '../bench/worker-start.ts';
import { ROOT } from '../support/worker/start-worker.ts';
import { jpegPhoto } from './photo.ts';
import { workerdBytes } from './workerd-memory.ts';

const ROUNDS = 20;
const BIG = 8;
const SMALL_BETWEEN = 2;
/** After this many rounds, code is compiled and buffers have their final sizes. */
const WARM_UP_ROUNDS = 4;
/** Bytes. If every large body or image leaked, growth would exceed 120 MB. */
const MAX_GROWTH = 40e6;

test('all are answered or told to retry, and small ones are not starved', async (t) => {
  const big = await jpegPhoto(4032, 3024, { quality: 75 });
  const small = await readFile(join(ROOT, 'examples/cat.png'));
  // A plain workerd, as in the benchmark: wrangler's harness keeps its logs, which would look like a leak.
  const worker = await startWorker(await buildWorker());
  for (const [key, bytes] of (await readSubject()).objects) await worker.put(key, bytes);
  const classify = async (body: Buffer) => {
    const response = await worker.fetch('/v1/classify', { method: 'POST', body: new Uint8Array(body) });
    const text = await response.text();
    if (response.status === 503) assert.match(response.headers.get('Retry-After') ?? '', /^\d+$/);
    else assert.equal(response.status, 200, text);
    return response.status;
  };
  const counts = { big: { 200: 0, 503: 0 }, small: { 200: 0, 503: 0 } };
  let settled = 0;
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
      // Regardless of what the round did to the isolate, the next image must be answered.
      assert.equal(await classify(small), 200);
      if (round === WARM_UP_ROUNDS) settled = await workerdBytes();
    }
    const growth = (await workerdBytes()) - settled;
    t.diagnostic(
      `memory after ${ROUNDS} rounds: ${(growth / 1e6).toFixed(0)} MB above that after ${WARM_UP_ROUNDS + 1}`,
    );
    assert.ok(growth < MAX_GROWTH, `${growth}`);
    t.diagnostic(JSON.stringify(counts));
    assert.equal(counts.big[200] + counts.big[503], ROUNDS * BIG);
    assert.equal(counts.small[200], ROUNDS * BIG * SMALL_BETWEEN, 'a small image never has to wait for room');
    assert.ok(counts.big[200] >= ROUNDS, 'big ones get through');
  } finally {
    await worker.stop();
  }
});
