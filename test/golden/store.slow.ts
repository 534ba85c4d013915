/** Buckets that c00b413 filled: releases, keys and feedback, read and moved by the current command line. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import {
  goldenFile,
  goldenObjects,
  openWorkspace,
  readGoldenJson,
  type Workspace,
  withLocalBuckets,
} from './golden.ts';

const MODEL = ['--from', 'local', '--model', 'shapes'];
const KEYS = (await readFile(goldenFile('api-keys.txt'), 'utf8')).trim().split('\n');

let workspace: Workspace;
before(async () => {
  workspace = await openWorkspace('run', 'pulled');
  await withLocalBuckets(workspace, async ({ RELEASES, PRIVATE }) => {
    for (const [key, bytes] of await goldenObjects('releases-bucket')) await RELEASES.put(key, bytes);
    for (const [key, bytes] of await goldenObjects('private-bucket')) await PRIVATE.put(key, bytes);
  });
});
after(() => workspace?.remove());

const object = (bucket: 'RELEASES' | 'PRIVATE', key: string) =>
  withLocalBuckets(workspace, async (buckets) => JSON.parse(await (await buckets[bucket].get(key))!.text()));

const PUBLIC_KEYS = (await readFile(goldenFile('public-keys.txt'), 'utf8')).trim().split('\n');

test('every object of a model is good, by either of the keys that signed it', async () => {
  const all = await workspace.succeed('releases', 'verify', ...MODEL, '--trust', PUBLIC_KEYS[0]!);
  assert.match(all.text, /2/);
  // The second key signed one version, later, in an object of its own.
  const { code, text } = await workspace.glimpse('releases', 'verify', ...MODEL, '--trust', PUBLIC_KEYS[1]!);
  assert.equal(code, 1);
  assert.match(text, /5671a2f7/);
  assert.doesNotMatch(text, /19b5a89a.*(untrusted|not trusted)/);
});

test('the history is read through its first block', async () => {
  const { events } = await workspace.succeed('releases', 'history', ...MODEL);
  assert.equal(events.length, 150);
  assert.deepEqual([events.at(-1).channel, events.at(-1).gate.verdict], ['stable', 'passed']);
  assert.equal(events.at(-2).gate.override, 'a try');
});

test('channels move on, and channels.json keeps its names', async () => {
  const key = 'models/shapes/channels.json';
  const before = await readGoldenJson('releases-bucket', key);
  await workspace.succeed('releases', 'promote', before.channels.canary.version, ...MODEL);
  await workspace.succeed('releases', 'rollback', ...MODEL);
  const now = await object('RELEASES', key);
  // The promotion ended the canary, and the rollback took its version from it.
  const { stable } = before.channels;
  assert.deepEqual(now.channels, { ...before.channels, canary: { version: stable.version, percent: 0 } });
  assert.deepEqual(Object.keys(now), Object.keys(before));
  const lastMove = ({ history }: { history: { percent?: number }[] }) =>
    Object.keys(history.findLast(({ percent }) => percent === undefined)!);
  assert.deepEqual(lastMove(now), lastMove(before));
});

test('publishing the run again changes nothing', async () => {
  const sign = ['--sign', goldenFile('signing-key.txt')];
  const { events } = await workspace.succeed('publish', 'run', '--to', 'local', '--model', 'shapes', ...sign);
  const { version } = await readGoldenJson('run/release/release.json');
  assert.equal(events.at(-1).version, version);
});

test('uploads are read, and have expired', async () => {
  const { code, text } = await workspace.glimpse('upload', 'run', '--with', goldenFile('uploads.json'));
  assert.equal(code, 1);
  assert.match(text, /expired/);
});

test('keys are listed and revoked, and their records keep their names', async () => {
  const { events } = await workspace.succeed('keys', 'list', '--to', 'local');
  const named = events.map(({ name, kind, revoked }) => [name, kind, revoked !== undefined]);
  assert.deepEqual(named, [
    ['A phone app', 'secret', false],
    ['A shop', 'publishable', false],
    ['An old one', 'secret', true],
  ]);
  const key = `keys/${events[1].id}.json`;
  const before = await readGoldenJson('private-bucket', key);
  await workspace.succeed('keys', 'revoke', '--to', 'local', KEYS[1]!);
  const { revoked, ...kept } = await object('PRIVATE', key);
  assert.ok(revoked);
  assert.deepEqual(kept, before);
});

test('feedback is listed, and a folder that was pulled is brought up to date', async () => {
  const { events } = await workspace.succeed('feedback', 'list', ...MODEL);
  assert.deepEqual(events.map(({ label }) => label).toSorted(), ['circle', 'circle', 'cross']);
  const pull = () => workspace.succeed('feedback', 'pull', ...MODEL, '--out', 'pulled');
  const records = await readFile(goldenFile('pulled/feedback.jsonl'), 'utf8');
  const again = await pull();
  assert.match(again.text, /"fetched":0/);
  assert.equal(await readFile(join(workspace.folder, 'pulled/feedback.jsonl'), 'utf8'), records);
  assert.equal(
    await readFile(join(workspace.folder, 'pulled/labels.csv'), 'utf8'),
    await readFile(goldenFile('pulled/labels.csv'), 'utf8'),
  );

  const cross = events.find(({ label }) => label === 'cross');
  await workspace.succeed('feedback', 'delete', cross.id, ...MODEL);
  await pull();
  assert.deepEqual((await readdir(join(workspace.folder, 'pulled'))).toSorted(), [
    'circle',
    'feedback.jsonl',
    'labels.csv',
  ]);
});
