/**
 * Faults between the Worker and a real S3 server while a channel moves to a new release: the loaded release keeps
 * answering, the store is not hammered, and the new release is served without help once the fault is over.
 */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { count } from '../support/counts.ts';
import { type Fault, type FaultyProxy, type Seen, startFaultyProxy } from '../support/faulty-proxy.ts';
import { type TestRelease, testInput } from '../support/release.ts';
import { S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';
import { namedRelease, point, putRelease, type Stage, stageOnS3 } from './stage.ts';

const SECONDS = count('outageSeconds');
const CLIENTS = 2;
const PAUSE_MS = 10;
const MAX_BACKOFF_SECONDS = 2;
/** The Worker's deadline for one read. */
const DEADLINE_SECONDS = 1;
/** Time allowed to recover: the back-off plus slack for a loaded machine. */
const RECOVERY_MS = 15_000;
/** Slack for inexact timers and network. */
const SLACK_MS = 60;

/** With these, nothing usable can be read. */
const outages: Record<string, Fault> = {
  'delays 30 s': { delayMs: 30_000 },
  'breaks the connection': { losesAnswer: true },
  'cuts before the first byte': { cutAfterBytes: 0 },
  'cuts after 100 bytes': { cutAfterBytes: 100 },
  'ends after 100 bytes': { endAfterBytes: 100 },
  'answers 500': { status: [500, 'InternalError'] },
  'answers 403': { status: [403, 'AccessDenied'] },
  'answers 404': { status: [404, 'NoSuchKey'] },
  'answers 429': { status: [429, 'TooManyRequests'] },
};
/** With these, the new release can still be read. */
const lies: Record<string, Fault> = {
  'says one ETag of everything': { etag: '"same"' },
  'says another ETag each time': { etag: () => `"${Math.random()}"` },
  'drops If-None-Match': { drops: ['If-None-Match'] },
};

interface Counts {
  answers: number;
  failed: number;
  /** Answers whose labels do not match their version. */
  mixed: number;
  slowestMs: number;
}

if (await s3Available()) {
  const s3 = await startS3();
  const proxy = await startFaultyProxy(s3.endpoint);
  const stage = await stageOnS3(s3, {
    S3_ENDPOINT: proxy.endpoint,
    MAX_BACKOFF_SECONDS: String(MAX_BACKOFF_SECONDS),
    STORE_DEADLINE_SECONDS: String(DEADLINE_SECONDS),
  });
  after(async () => {
    await stage.close();
    await proxy.close();
    await s3.stop();
  });

  let seed = 0;
  const nextRelease = async () => {
    seed++;
    const release = await namedRelease(`release ${seed}`, { seed });
    await putRelease(stage, release);
    return release;
  };
  const all: Counts = { answers: 0, failed: 0, mixed: 0, slowestMs: 0 };
  let attempts = 0;
  let most = 0;
  let cases = 0;
  let live = await nextRelease();
  await point(stage, { stable: live.version });
  assert.equal((await ask(stage)).json.model?.version, live.version);

  for (const [name, fault] of Object.entries(outages)) {
    for (const where of ['channels.json', 'release.json', 'weights.bin']) {
      test(`a proxy that ${name} at ${where}`, async () => {
        cases++;
        const next = await nextRelease();
        const load = underLoad(stage, [live, next]);
        proxy.fault = { ...fault, on: new RegExp(`/${where}$`) };
        const from = proxy.seen.length;
        await point(stage, { stable: next.version });
        await sleep(SECONDS * 1000);
        const ready = (await stage.worker.request('/readyz')).json;
        const seen = proxy.seen.slice(from);
        proxy.fault = undefined;
        const recovered = await load.until(next.version);
        const counts = await load.stop();
        add(all, counts);
        const before = live;
        live = next;

        assert.deepEqual([counts.failed, counts.mixed], [0, 0], JSON.stringify(counts));
        assert.deepEqual([ready.ready, ready.lastGood, ready.model.version], [true, true, before.version]);
        assert.ok(recovered, `${next.version} was not served after it`);
        // A "not modified" from before the move has no body to cut, so it does not fail.
        const tried = seen.filter(({ path, status }) => path.endsWith(where) && status !== 304);
        attempts += tried.length;
        most = Math.max(most, atOnce(seen));
        assert.equal(atOnce(seen), 1, 'two reads of one object at once');
        assertBackOff(tried);
      });
    }
  }

  for (const [name, fault] of Object.entries(lies)) {
    test(`a proxy that ${name}: the new release is still served`, async () => {
      cases++;
      const next = await nextRelease();
      const load = underLoad(stage, [live, next]);
      proxy.fault = fault;
      await point(stage, { stable: next.version });
      const served = await load.until(next.version);
      await sleep(SECONDS * 1000);
      const counts = await load.stop();
      add(all, counts);
      proxy.fault = undefined;
      assert.deepEqual([served, counts.failed, counts.mixed], [true, 0, 0], JSON.stringify(counts));
      live = next;
    });
  }

  test('a store that falsely answers "unchanged" hides the move exactly as long as it does so', async () => {
    cases++;
    const [first, second] = [await nextRelease(), await nextRelease()];
    const load = underLoad(stage, [live, first, second]);
    proxy.fault = { etag: '"same"', believesEtag: true };
    // The first response sets the ETag that stays.
    await point(stage, { stable: first.version });
    const shown = await load.until(first.version);
    await point(stage, { stable: second.version });
    await sleep(SECONDS * 1000);
    const hidden = (await ask(stage)).json.model.version;
    proxy.fault = undefined;
    const served = await load.until(second.version);
    const counts = await load.stop();
    add(all, counts);
    assert.deepEqual([shown, hidden, served], [true, first.version, true]);
    assert.deepEqual([counts.failed, counts.mixed], [0, 0], JSON.stringify(counts));
    live = second;
  });

  test('the counts', (t) => {
    t.diagnostic(
      `${cases} outages of ${SECONDS} s: ${all.answers} answers, ${all.failed} failed, ${all.mixed} mixed, the slowest after ` +
        `${Math.round(all.slowestMs)} ms; ${attempts} attempts while failing, at most ${most} at once`,
    );
    assert.ok(all.answers > cases * SECONDS * 5);
  });
} else {
  test('outages of a real S3 server', { skip: S3_MISSING }, () => {});
}

function ask({ worker }: Stage) {
  const { height, width, channels } = testInput;
  return worker.classify(new Uint8Array(height * width * channels).fill(90), { type: 'application/vnd.glimpse.rgb8' });
}

/** Clients that keep calling; an answer is good if its version and labels belong to one of these releases. */
function underLoad(stage: Stage, releases: readonly TestRelease[]) {
  const labelsOf = new Map(releases.map(({ version, manifest }) => [version, new Set(manifest.labels)]));
  const counts: Counts = { answers: 0, failed: 0, mixed: 0, slowestMs: 0 };
  let over = false;
  let last = '';
  const client = async () => {
    while (!over) {
      const began = performance.now();
      const { status, json } = await ask(stage);
      counts.slowestMs = Math.max(counts.slowestMs, performance.now() - began);
      counts.answers++;
      if (status !== 200) counts.failed++;
      else {
        last = json.model.version;
        const labels = labelsOf.get(last);
        if (!json.predictions.every(({ label }: { label: string }) => labels?.has(label))) counts.mixed++;
      }
      await sleep(PAUSE_MS);
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  return {
    async until(version: string): Promise<boolean> {
      const deadline = Date.now() + RECOVERY_MS;
      while (last !== version && Date.now() < deadline) await sleep(20);
      return last === version;
    },
    async stop(): Promise<Counts> {
      over = true;
      await Promise.all(clients);
      return counts;
    },
  };
}

function add(sum: Counts, { answers, failed, mixed, slowestMs }: Counts): void {
  sum.answers += answers;
  sum.failed += failed;
  sum.mixed += mixed;
  sum.slowestMs = Math.max(sum.slowestMs, slowestMs);
}

/**
 * The maximum of concurrent reads of one object. A read that the Worker has abandoned counts as ended, although its local
 * connection stays open until the response.
 */
function atOnce(seen: FaultyProxy['seen']): number {
  const endOf = ({ at, endedAt = Number.POSITIVE_INFINITY }: Seen) => Math.min(endedAt, at + DEADLINE_SECONDS * 1000);
  const overlaps = (one: Seen) =>
    seen.filter((other) => other.path === one.path && other.at <= one.at && endOf(other) > one.at).length;
  return Math.max(...seen.map(overlaps));
}

/** The wait is one second after the first failure, then doubles up to the maximum. */
function assertBackOff(tried: readonly Seen[]): void {
  assert.ok(tried.length >= 1, 'it was never tried');
  for (let i = 1; i < tried.length; i++) {
    const waited = tried[i]!.at - tried[i - 1]!.at;
    const least = Math.min(2 ** (i - 1), MAX_BACKOFF_SECONDS) * 1000 - SLACK_MS;
    assert.ok(waited >= least, `attempt ${i + 1} came ${Math.round(waited)} ms after the one before`);
  }
}
