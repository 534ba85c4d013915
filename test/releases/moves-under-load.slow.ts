/**
 * `glimpse releases promote` and `rollback` alternate on a real S3 server while clients keep calling a Worker: no answer
 * fails, none mixes two releases, each move is served promptly and is in the history, and no memory leaks.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { historyFaults } from '@glimpse/shared/release/channels';
import { loadChannels, wholeHistory } from '@glimpse/training/publish/move';
import { publish } from '@glimpse/training/publish/publish';
import { parseS3Url, S3Store } from '@glimpse/training/store/s3-store';
import { count } from '../support/counts.ts';
import { testInput } from '../support/release.ts';
import { BUCKET, S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';
import { FORGOTTEN_MS, MODEL, namedRelease, stageOnS3 } from './stage.ts';

const SECONDS = count('movesSeconds');
const EVERY_MS = 1000;
const CLIENTS = 3;
const STORE = `s3://${BUCKET}/stage`;
const { height, width, channels: colors } = testInput;
const image = new Uint8Array(height * width * colors).fill(90);

interface Waiting {
  readonly to: string;
  /** When the command started. */
  readonly begunAt: number;
}

test(`${SECONDS} s of promote and rollback under load`, {
  skip: (await s3Available()) ? false : S3_MISSING,
}, async (t) => {
  const s3 = await startS3();
  const stage = await stageOnS3(s3);
  const store = new S3Store(parseS3Url(STORE));
  const { worker } = stage;
  const ask = () => worker.classify(image, { type: 'application/vnd.glimpse.rgb8' });
  try {
    const releases = await Promise.all(['red', 'blue'].map((name, seed) => namedRelease(name, { seed })));
    const labelsOf = new Map(releases.map(({ version, manifest }) => [version, new Set(manifest.labels)]));
    const [red, blue] = releases.map(({ version }) => version) as [string, string];
    for (const [index, release] of releases.entries()) {
      const channel = ['stable', 'lab'][index]!;
      const time = new Date().toISOString();
      await publish(release, store, { model: MODEL, channel, actor: 'setup', reason: 'setup', time });
    }
    assert.equal((await ask()).json.model?.version, red);
    const { tensors } = (await worker.request('/readyz')).json;

    const mover = spawn(
      process.execPath,
      [join(import.meta.dirname, 'move-every.ts'), String(EVERY_MS), blue, MODEL, STORE],
      {
        env: { ...process.env, ...s3.env },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const exited = once(mover, 'exit');
    /** The move that no answer reflects yet. */
    let waiting: Waiting | undefined;
    let begunAt = 0;
    let moves = 0;
    const moved: number[] = [];
    const shown: number[] = [];
    createInterface({ input: mover.stdout }).on('line', (line) => {
      const { event, to } = JSON.parse(line);
      const now = performance.now();
      if (event === 'begun') begunAt = now;
      else {
        moves++;
        moved.push(now - begunAt);
        waiting = { to, begunAt };
      }
    });

    const counts = { answers: 0, failed: 0, mixed: 0 };
    const answeredBy = new Map([red, blue].map((version) => [version, 0]));
    let over = false;
    const client = async () => {
      while (!over) {
        const { status, json } = await ask();
        counts.answers++;
        if (status !== 200) {
          counts.failed++;
          t.diagnostic(JSON.stringify(json));
          continue;
        }
        const { version } = json.model;
        answeredBy.set(version, answeredBy.get(version)! + 1);
        const belongs = json.predictions.every(({ label }: { label: string }) => labelsOf.get(version)?.has(label));
        if (!belongs || json.predictions.length !== 5) counts.mixed++;
        const last: Waiting = waiting ?? { to: '', begunAt: 0 };
        if (last.to === version) {
          shown.push(performance.now() - last.begunAt);
          waiting = undefined;
        }
      }
    };
    const clients = Array.from({ length: CLIENTS }, client);
    await sleep(SECONDS * 1000);
    const died = mover.exitCode;
    mover.kill();
    await exited;
    over = true;
    await Promise.all(clients);

    assert.equal(died, null, 'the moves ended by themselves');
    const { channels } = await loadChannels(store, MODEL);
    const history = await wholeHistory(store, MODEL, channels!);
    t.diagnostic(
      `${moves} moves in ${SECONDS} s: ${counts.answers} answers, ${counts.failed} failed, ${counts.mixed} mixed ` +
        `(${[...answeredBy.values()].join(' and ')}); a move took ${median(moved)} ms; from its start to the first ` +
        `answer ${median(shown)} ms (medians; the longest ${Math.round(Math.max(...shown))} ms)`,
    );
    assert.deepEqual([counts.failed, counts.mixed], [0, 0]);
    assert.ok(moves > SECONDS / 2, `${moves} moves`);
    // Both releases answered, so that a mix was possible.
    for (const answers of answeredBy.values())
      assert.ok(answers > counts.answers / 10, 'one of the two hardly answered');
    // It may have been killed between the write and its report.
    assert.ok([2 + moves, 3 + moves].includes(history.length), `${history.length} moves in the history`);
    assert.deepEqual(historyFaults(channels!, history), []);

    await sleep(FORGOTTEN_MS);
    assert.equal((await ask()).json.model.version, channels!.channels.stable!.version);
    const ready = (await worker.request('/readyz')).json;
    // `lab` always names the second release, so that exactly these two networks may stay loaded.
    const named = new Set(Object.values(channels!.channels).map(({ version }) => version));
    assert.deepEqual([ready.lastGood, ready.tensors], [false, tensors * named.size]);
  } finally {
    await stage.close();
    await store.close();
    await s3.stop();
  }
});

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN);
}
