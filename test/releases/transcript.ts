/**
 * The life of a release on a real S3 server, while clients keep calling a Worker:
 *
 *     WEED_BIN=… node test/releases/transcript.ts
 *
 * Prints each command as typed, its output, its duration, and what clients got meanwhile. Exits with 1 if any client got
 * no answer.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUCKET, S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';
import { startWorker } from '../support/worker/worker.ts';
import { trainOnColors, writeColors } from './colors.ts';
import { type Ended, events, glimpse } from './command-line.ts';
import { s3Variables } from './stage.ts';

const MODEL = 'colors';
const CLIENTS = 200;
const AT_ONCE = 2;
const image = new Uint8Array(32 * 32 * 3).fill(90);

if (!(await s3Available())) throw new Error(S3_MISSING);
const folder = await mkdtemp(join(tmpdir(), 'glimpse-transcript-'));
const s3 = await startS3();
const store = `s3://${BUCKET}`;
const env = { ...s3.env, GLIMPSE_CACHE: join(folder, 'cache'), GLIMPSE_ACTOR: 'ann', GLIMPSE_STORE: store };

async function done(...args: string[]): Promise<Ended> {
  const ended = await glimpse(folder, env, args);
  if (ended.code !== 0) throw new Error(`glimpse ${args.join(' ')}: ${ended.err}${ended.out}`);
  return ended;
}

await writeColors(join(folder, MODEL));
const runs = [];
for (const seed of ['1', '2', '3', '4']) runs.push(await trainOnColors(done, '--seed', seed));
const [oldest, older, live, next] = runs as [Run, Run, Run, Run];
type Run = (typeof runs)[number];
/** Names that readers understand, instead of versions and paths. */
const called = new Map([
  [oldest.version, 'v1'],
  [older.version, 'v2'],
  [live.version, 'v3'],
  [next.version, 'v4'],
  ...runs.map(({ run }, index) => [run, `RUN${index + 1}`] as const),
]);
const created = await done('--json', 'signing-keys', 'create', '--out', 'key.txt');
const publicKey = events(created.out, 'signing-key')[0]!.publicKey as string;
const worker = await startWorker({
  ...s3Variables(s3),
  DEFAULT_MODEL: MODEL,
  TRUSTED_KEYS: publicKey,
});

/** What clients got since the last report. */
let answers = new Map<string, number>();
const total = { answers: 0, failed: 0 };
let last = '';
let asking = true;
let canaryCallers = new Set<string>();

async function client(): Promise<void> {
  for (let n = Math.floor(Math.random() * CLIENTS); asking; n++) {
    const caller = `phone-${n % CLIENTS}`;
    const headers = { 'X-Client-Id': caller, 'Content-Type': 'application/vnd.glimpse.rgb8' };
    const { status, json } = await worker.request('/v1/classify', { method: 'POST', body: image, headers });
    total.answers++;
    if (status !== 200) {
      total.failed++;
      console.log(JSON.stringify(json));
      continue;
    }
    const { version, channel } = json.model;
    if (channel === 'stable') last = version;
    else canaryCallers.add(caller);
    const who = `${called.get(version)} on ${channel}`;
    answers.set(who, (answers.get(who) ?? 0) + 1);
    await sleep(5);
  }
}

/** Runs the command, and shows its output with the names of this transcript. */
async function type(...args: string[]): Promise<void> {
  const began = performance.now();
  const { out } = await done(...args);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const quoted = args.map((word) => (/[ <>]/.test(word) ? `"${word}"` : word)).join(' ');
  console.log(`$ glimpse ${named(quoted)}\n${named(`\n${out.trimEnd()}`).trim()}\n  (${seconds} s)`);
}

function named(text: string): string {
  // In columns, a name is padded to the width of its header.
  let short = text.replace(/^version +bytes/m, 'version  bytes');
  for (const [long, name] of called) {
    short = short.replaceAll(`\n${long}  `, `\n${name.padEnd('version'.length)}  `).replaceAll(long, name);
  }
  return short.replaceAll(folder, '.');
}

/** Waits until the channel `stable` serves this version. */
async function served({ version }: Run): Promise<void> {
  const began = performance.now();
  while (last !== version) await sleep(10);
  console.log(`  the Worker serves it after ${((performance.now() - began) / 1000).toFixed(1)} s more`);
}

function meanwhile(): void {
  const shares = [...answers].sort(([a], [b]) => a.localeCompare(b)).map(([who, count]) => `${count} by ${who}`);
  console.log(`  answers meanwhile: ${shares.join(', ')}; ${total.failed} failed\n`);
  answers = new Map();
}

const to = ['--model', MODEL, '--to', store, '--sign', 'key.txt'];
const of = ['--model', MODEL];
for (const { run } of [oldest, older]) await done('publish', run, ...to);
try {
  await type('publish', live.run, ...to);
  const clients = Array.from({ length: AT_ONCE }, client);
  await served(live);
  meanwhile();

  await type('publish', next.run, ...to, '--channel', 'canary', '--percent', '10');
  while (canaryCallers.size === 0) await sleep(10);
  answers = new Map();
  canaryCallers = new Set();
  await sleep(10_000);
  console.log(`  ${canaryCallers.size} of ${CLIENTS} callers get the canary`);
  meanwhile();

  await type('releases', 'promote', next.version, ...of);
  await served(next);
  meanwhile();

  await type('releases', 'rollback', ...of, '--reason', 'cats became dogs');
  await served(live);
  meanwhile();

  await type('releases', 'history', ...of);
  await type('releases', 'verify', ...of, '--trust', publicKey);
  await type('releases', 'prune', ...of, '--keep', '0');
  await type('releases', 'prune', ...of, '--keep', '0', '--yes');
  await type('releases', 'list', ...of);
  meanwhile();
  asking = false;
  await Promise.all(clients);
  console.log(`${total.answers} answers in all, ${total.failed} failed`);
  if (total.failed > 0) process.exitCode = 1;
} finally {
  asking = false;
  await worker.close();
  await s3.stop();
  await rm(folder, { recursive: true });
}
