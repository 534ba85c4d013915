/** Runs that c00b413 made: measured, quantized, judged, resumed and built upon by the current command line. */
import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { goldenFile, openWorkspace, readGoldenJson, type Workspace } from './golden.ts';

let workspace: Workspace;
before(async () => {
  workspace = await openWorkspace('run', 'stopped-run');
});
after(() => workspace?.remove());

const inWorkspace = (...path: string[]) => join(workspace.folder, ...path);
const readJson = async (...path: string[]) => JSON.parse(await readFile(inWorkspace(...path), 'utf8'));

async function readLines(name: string) {
  const text = await readFile(goldenFile('answers', name), 'utf8');
  const lines = text.trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

test('evaluate measures the run and its releases as before', async () => {
  const uint16 = (await readdir(goldenFile('releases-bucket/models/shapes'))).find((name) => name.endsWith('5671a2f7'));
  const measured = [
    await workspace.succeed('evaluate', 'run'),
    await workspace.succeed('evaluate', 'run/release', '--data', 'shapes'),
    await workspace.succeed('evaluate', goldenFile('releases-bucket/models/shapes', uint16!), '--data', 'shapes'),
  ];
  for (const [i, { correct, accuracy, loss, recall }] of (await readLines('evaluate.ndjson')).entries()) {
    const event = measured[i]!.events.at(-1);
    assert.deepEqual([event.correct, event.accuracy, event.loss], [correct, accuracy, loss]);
    assert.deepEqual(event.recall, recall);
  }
});

test('predict gives the probabilities of before', async () => {
  const { events } = await workspace.succeed('predict', 'run', goldenFile('photo.jpg'), goldenFile('circle.png'));
  const expected = await readLines('predict-run.ndjson');
  for (const [i, { image, predictions }] of expected.entries()) {
    assert.deepEqual([events[i].image, events[i].predictions], [image, predictions]);
  }
});

test('quantize makes the same release, byte for byte', async () => {
  await rm(inWorkspace('run/release'), { recursive: true });
  await workspace.succeed('quantize', 'run', '--shard-bytes', '1024', '--max-drop', '20');
  const names = await readdir(goldenFile('run/release'));
  assert.deepEqual(await readdir(inWorkspace('run/release')), names);
  // The release says where the run lies; all else is the same, in the same order.
  const release = await readJson('run/release/release.json');
  const golden = await readGoldenJson('run/release/release.json');
  const { id, command } = golden.run;
  assert.equal(JSON.stringify({ ...release, run: { ...release.run, id, command } }), JSON.stringify(golden));
  for (const name of names.filter((name) => name !== 'release.json')) {
    const [made, golden] = [inWorkspace('run/release', name), goldenFile('run/release', name)];
    assert.ok((await readFile(made)).equals(await readFile(golden)), name);
  }
});

test('gate writes the same verdict, and reads a file of bounds', async () => {
  await workspace.succeed('gate', 'run');
  const { time: _, ...verdict } = await readJson('run/gate.json');
  const { time, ...golden } = await readGoldenJson('run/gate.json');
  assert.ok(time);
  assert.deepEqual(verdict, golden);

  const { code, text } = await workspace.glimpse('gate', 'run', '--bounds', goldenFile('bounds.ts'));
  assert.equal(code, 1);
  assert.match(text, /absolute\.accuracy.*0\.9/);
});

test('report and runs read the run', async () => {
  const report = await workspace.succeed('report', 'run');
  assert.equal(report.events.at(-1).metrics.accuracy, (await readLines('evaluate.ndjson'))[0].accuracy);
  const { events } = await workspace.succeed('runs', 'list', '--runs', '.');
  const architectures = events.flatMap(({ architecture }) => architecture ?? []);
  assert.deepEqual(architectures.toSorted(), ['cifar10-small', 'shapes']);
  await workspace.succeed('runs', 'compare', 'run', 'stopped-run');
});

test('a run that was stopped within an epoch is resumed and ends with the same curves', async () => {
  await cp(inWorkspace('stopped-run'), inWorkspace('resumed-run'), { recursive: true });
  await workspace.succeed('train', '--resume', 'resumed-run');
  const history = await readJson('resumed-run/history.json');
  const golden: Record<string, number[]> = await readGoldenJson('answers/resumed-history.json');
  for (const [name, curve] of Object.entries(golden)) {
    assert.equal(history[name].length, curve.length);
    // Another processor may round differently.
    for (const [epoch, value] of curve.entries()) assert.ok(Math.abs(history[name][epoch] - value) < 1e-4, name);
  }
  const checkpoints = await readdir(inWorkspace('resumed-run/checkpoints'));
  assert.deepEqual(checkpoints, ['epoch-003.safetensors', 'epoch-004.safetensors']);
});

test('the lock of another machine is respected', async () => {
  const { process: id, host } = await readGoldenJson('lock');
  assert.notEqual(host, hostname());
  await cp(goldenFile('lock'), inWorkspace('stopped-run/lock'));
  const { code, text } = await workspace.glimpse('train', '--resume', 'stopped-run');
  assert.equal(code, 1);
  assert.match(text, new RegExp(`${id}.*${host}`));
});

test('a recipe gives the same network and settings, and a release is trained further', async () => {
  const data = ['--data', 'shapes', '--engine', 'wasm'];
  const { events } = await workspace.succeed('train', '--config', goldenFile('recipe.ts'), ...data, '--epochs', '1');
  const made = JSON.parse(await readFile(join(events.at(-1).path, 'config.json'), 'utf8'));
  const golden = await readGoldenJson('run/config.json');
  assert.deepEqual(made.architecture, golden.architecture);
  assert.deepEqual({ ...made.settings, epochs: 0 }, { ...golden.settings, epochs: 0 });
  assert.deepEqual(Object.keys(made), Object.keys(golden));
  assert.deepEqual(Object.keys(made.data), Object.keys(golden.data));
  assert.deepEqual(Object.keys(made.data.ownPictures), Object.keys(golden.data.ownPictures));

  const release = goldenFile('run/release');
  const begun = await workspace.succeed('train', '--init-from', release, ...data, '--epochs', '1', '--seed', '2');
  const { architecture, input } = JSON.parse(await readFile(join(begun.events.at(-1).path, 'config.json'), 'utf8'));
  assert.deepEqual([architecture.name, input], ['shapes', golden.input]);
});

test('the architecture that releases are made with by default keeps its name', async () => {
  await workspace.succeed('summary', '--arch', 'pictures-small');
});
