/**
 * Each file of a release, and channels.json, is damaged in the store: the Worker never serves the damage, reports it, and
 * recovers without help when the file is restored. Tested cold, with nothing loaded, and as the successor of a release
 * that is being served.
 */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { objectKeys } from '@glimpse/shared/release/names';
import { type TestRelease, testChannels, testInput } from '../support/release.ts';
import { S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';
import { FORGOTTEN_MS, MODEL, namedRelease, point, putRelease, type Stage, stageOnR2, stageOnS3 } from './stage.ts';

const SHARD_BYTES = 3000;
/** Time allowed to recover: the back-off plus slack for a loaded machine. */
const RECOVERY_MS = 15_000;

type Bytes = Uint8Array<ArrayBuffer>;
type Damage = (right: Bytes, manifestOfAnother: Bytes) => Bytes | undefined;

const encode = (text: string) => new TextEncoder().encode(text);
const damages: Record<string, Damage> = {
  'an HTML page': () => encode('<!doctype html><title>502 Bad Gateway</title>'),
  'a Git LFS pointer': () => encode('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 2042\n'),
  'half of itself': (right) => right.slice(0, right.length / 2),
  'nothing in it': () => new Uint8Array(0),
  'other bytes of the same length': (right) => right.map((byte) => byte ^ 1),
  'the manifest of another model': (_, manifestOfAnother) => manifestOfAnother,
  'no such object': () => undefined,
};

const image = new Uint8Array(testInput.height * testInput.width * testInput.channels).fill(90);
const other = await namedRelease('another', { model: 'another', seed: 500, shardBytes: SHARD_BYTES });
const manifestOfAnother = other.objects.get(objectKeys.manifest('another', other.version)) as Bytes;
/** The object names of every release here, channels.json last. */
const files = [...other.files.keys(), 'release.json', 'channels.json'];
const cases = files.flatMap((file) => Object.entries(damages).map(([name, damage]) => ({ file, name, damage })));

interface Counts {
  attempts: number;
  /** Requests while something was damaged. */
  asked: number;
  /** Answers that came from the damaged release, or mixed two. Must be 0. */
  served: number;
  said: number;
  recovered: number;
}

function report(t: TestContext, what: string, { attempts, asked, served, said, recovered }: Counts): void {
  t.diagnostic(
    `${what}: ${attempts} damages of ${files.length} files; ${asked} requests meanwhile, ${served} served damage; ` +
      `${said} reported, ${recovered} recovered without help, ${attempts - recovered} lost`,
  );
  assert.equal(served, 0);
  assert.deepEqual([said, recovered], [attempts, attempts]);
}

function keyOf(file: string, { manifest: { model }, version }: TestRelease): string {
  return file === 'channels.json' ? objectKeys.channels(model) : objectKeys.file(model, version, file);
}

function rightBytes(file: string, release: TestRelease): Bytes {
  if (file === 'channels.json') return encode(testChannels({ stable: release.version }));
  return release.objects.get(keyOf(file, release)) as Bytes;
}

async function putOrRemove(stage: Stage, key: string, bytes: Bytes | undefined): Promise<void> {
  await (bytes === undefined ? stage.remove(key) : stage.put(key, bytes));
}

function ask({ worker }: Stage, model = MODEL) {
  return worker.classify(image, { query: `?model=${model}`, type: 'application/vnd.glimpse.rgb8' });
}

/** The version that answered, by name and labels; undefined without an answer. */
async function answeredBy(stage: Stage, release: TestRelease): Promise<boolean> {
  const { status, json } = await ask(stage, release.manifest.model);
  if (status !== 200) return false;
  const labels = new Set(release.manifest.labels);
  return (
    json.model.version === release.version &&
    json.predictions.every(({ label }: { label: string }) => labels.has(label))
  );
}

/** Nothing is loaded: each case uses a model of its own. */
async function cold(stage: Stage): Promise<Counts> {
  const counts: Counts = { attempts: 0, asked: 0, served: 0, said: 0, recovered: 0 };
  const models = await Promise.all(
    cases.map(async (one, index) => {
      const release = await namedRelease(`case ${index}`, {
        model: `case-${index}`,
        seed: index,
        shardBytes: SHARD_BYTES,
      });
      return { ...one, release, key: keyOf(one.file, release), right: rightBytes(one.file, release) };
    }),
  );
  for (const { release, key, damage, right } of models) {
    await putRelease(stage, release);
    await point(stage, { stable: release.version }, release.manifest.model);
    await putOrRemove(stage, key, damage(right, manifestOfAnother));
  }
  for (const { file, name, release } of models) {
    counts.attempts++;
    counts.asked++;
    const { status, json } = await ask(stage, release.manifest.model);
    if (status === 200) counts.served++;
    // A named model without channels.json does not exist.
    const expected = file === 'channels.json' && name === 'no such object' ? 'model-unknown' : 'model-unavailable';
    const said = json.code === expected && (expected === 'model-unknown' || json.detail.includes(file));
    if (said) counts.said++;
    else assert.fail(`${file} is ${name}: ${status} ${JSON.stringify(json)}`);
  }
  for (const { key, right } of models) await stage.put(key, right);
  await sleep(FORGOTTEN_MS);
  for (const { release } of models) if (await answeredBy(stage, release)) counts.recovered++;
  return counts;
}

/** Each release, damaged at first, succeeds the one before. */
async function succeeding(stage: Stage): Promise<Counts> {
  const counts: Counts = { attempts: 0, asked: 0, served: 0, said: 0, recovered: 0 };
  let live = await namedRelease('the first', { seed: 999, shardBytes: SHARD_BYTES });
  await putRelease(stage, live);
  await point(stage, { stable: live.version });
  assert.ok(await answeredBy(stage, live));
  for (const [index, { file, name, damage }] of cases.entries()) {
    counts.attempts++;
    const next = await namedRelease(`case ${index}`, { seed: 1000 + index, shardBytes: SHARD_BYTES });
    const key = keyOf(file, next);
    const right = rightBytes(file, next);
    const logged = stage.worker.logs().length;
    await putRelease(stage, next);
    // Damaged before the channel points at it, or at that moment.
    await putOrRemove(stage, key, damage(right, manifestOfAnother));
    if (file !== 'channels.json') await point(stage, { stable: next.version });
    for (let i = 0; i < 3; i++) {
      counts.asked++;
      if (!(await answeredBy(stage, live))) counts.served++;
    }
    const { status, json } = await stage.worker.request('/readyz');
    const lines = stage.worker.logs().slice(logged);
    const said =
      status === 200 && json.lastGood && json.lastGoodReason.includes(file) && json.model.version === live.version;
    if (said && lines.some(({ error }) => error?.includes(file))) counts.said++;
    else assert.fail(`${file} is ${name}: ${JSON.stringify({ status, json, lines })}`);

    await stage.put(key, right);
    const until = Date.now() + RECOVERY_MS;
    while (Date.now() < until && !(await answeredBy(stage, next))) await sleep(50);
    if (await answeredBy(stage, next)) counts.recovered++;
    live = next;
  }
  return counts;
}

async function run(t: TestContext, place: string, stage: Stage): Promise<void> {
  try {
    report(t, `${place}, cold`, await cold(stage));
    report(t, `${place}, as successor`, await succeeding(stage));
  } finally {
    await stage.close();
  }
}

test('files damaged in the store', { concurrency: true }, async (t) => {
  const available = await s3Available();
  await Promise.all([
    t.test('on a real S3 server', { skip: available ? false : S3_MISSING }, async (context) => {
      const s3 = await startS3();
      try {
        await run(context, 'S3', await stageOnS3(s3));
      } finally {
        await s3.stop();
      }
    }),
    t.test('on local R2', async (context) => run(context, 'R2', await stageOnR2())),
  ]);
});
