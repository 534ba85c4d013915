/**
 * Promote and rollback under load: no answer fails, none mixes two releases, and no memory leaks.
 */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { count } from '../support/counts.ts';
import { testRelease } from '../support/release.ts';
import { png } from '../support/worker/images.ts';
import { startWorker } from '../support/worker/worker.ts';

const SECONDS = count('reloadSeconds');
const EVERY_MS = 200;
const CLIENTS = 4;

const worker = await startWorker({ REVALIDATE_SECONDS: '0', MAX_BACKOFF_SECONDS: '1' });
after(() => worker.close());
const { classify, publish, request } = worker;
const image = await png(32, 32);

/** Each label names its release. */
const releases = await Promise.all(
  ['red', 'blue'].map((name, seed) =>
    testRelease({ seed, change: { labels: Array.from({ length: 10 }, (_, index) => `${name} ${index}`) } }),
  ),
);
const labelsOf = new Map(releases.map(({ version, manifest }) => [version, new Set(manifest.labels)]));

test(`${SECONDS} s of moves every ${EVERY_MS} ms under load`, async (t) => {
  await publish(releases, { stable: releases[0]!.version });
  assert.equal((await classify(image)).status, 200);
  const { tensors } = (await request('/readyz')).json;

  const until = Date.now() + SECONDS * 1000;
  const count = { moves: 0, answers: 0, failed: 0, mixed: 0 };
  const answeredBy = new Map(releases.map(({ version }) => [version, 0]));
  async function move() {
    while (Date.now() < until) {
      const began = Date.now();
      await publish([], { stable: releases[++count.moves % 2]!.version });
      await sleep(Math.max(0, EVERY_MS - (Date.now() - began)));
    }
  }
  async function load() {
    while (Date.now() < until) {
      const { status, json } = await classify(image);
      count.answers++;
      if (status !== 200) {
        count.failed++;
        t.diagnostic(JSON.stringify(json));
        continue;
      }
      const { version } = json.model;
      answeredBy.set(version, (answeredBy.get(version) ?? 0) + 1);
      const labels = labelsOf.get(version);
      const belongs = json.predictions.every(({ label }: { label: string }) => labels?.has(label));
      if (!belongs || json.predictions.length !== 5) count.mixed++;
    }
  }
  await Promise.all([move(), ...Array.from({ length: CLIENTS }, load)]);
  t.diagnostic(JSON.stringify({ ...count, answeredBy: [...answeredBy.values()] }));

  assert.deepEqual([count.failed, count.mixed], [0, 0]);
  // Both releases answered, so that a mix was possible.
  for (const answers of answeredBy.values()) assert.ok(answers > count.answers / 10, 'one of the two hardly answered');
  assert.ok(count.moves > (SECONDS * 1000) / EVERY_MS / 2);

  await publish([], { stable: releases[0]!.version });
  await sleep(1_100);
  assert.equal((await classify(image)).json.model.version, releases[0]!.version);
  const ready = (await request('/readyz')).json;
  assert.deepEqual([ready.lastGood, ready.tensors], [false, tensors]);
});
