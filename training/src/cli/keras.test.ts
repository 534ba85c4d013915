/** `export` and `import` as a user calls them. Real Keras is in test/keras. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { defineArchitecture } from '@glimpse/shared/model/network/architecture';
import { testInput } from '@glimpse/test/support/release';
import { commandLine } from '@glimpse/test/support/training/command-line';
import { colorData } from '@glimpse/test/support/training/data';
import { testWeights } from '@glimpse/test/support/weights';
import { openClassifier } from '../evaluate/open-classifier.ts';
import { settingsSchema } from '../fit/settings.ts';
import { exportModel } from '../keras/export-model.ts';
import { writeKerasFile } from '../keras/write-keras-file.ts';
import { quantizeRun } from '../quantize/quantize-run.ts';
import { RunFolder } from '../run/run-folder.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-cli-keras-'));
after(() => rm(folder, { recursive: true }));
const starter = join(import.meta.dirname, '../../../starter/models/cifar10');
const release = join(starter, readdirSync(starter).find((name) => name !== 'channels.json')!);
const out = join(folder, 'models/cifar10.h5');
let run: string;

const glimpse = commandLine(folder);

before(async () => {
  const exported = await glimpse('export', release, '--format', 'h5', '--out', out);
  assert.equal(exported.code, 0, exported.err);
  const imported = await glimpse('--json', 'import', out);
  assert.equal(imported.code, 0, imported.out);
  run = JSON.parse(imported.out).path;
});

test('an exported and reimported model gives the same predictions, bit for bit', async () => {
  const [before, afterwards] = await Promise.all([release, run].map(openClassifier));
  const { pixels } = colorData(16, 16).test.range(0, 16);
  assert.deepEqual(afterwards!.classifier.classify(pixels), before!.classifier.classify(pixels));
  assert.deepEqual(afterwards!.labels, before!.labels);
  assert.deepEqual(afterwards!.input, before!.input);
});

test('an imported model becomes a release with its provenance', async () => {
  const options = { dtype: 'uint8', maxDrop: 100, model: 'cifar10', onProgress() {} } as const;
  const manifest = await quantizeRun(await RunFolder.open(run), colorData(16, 16), options);
  assert.equal(manifest.run.engine.name, 'keras');
  assert.match(
    (await RunFolder.open(run).then((opened) => opened.outcome())).reason!,
    /Imported from cifar10\.h5 .*SHA-256/,
  );
});

test('existing files are overwritten only with --force', async () => {
  const original = await readFile(out);
  const refused = await glimpse('export', run, '--format', 'h5', '--out', out);
  assert.match(refused.err, /cifar10\.h5 exists\. Name another, or replace it with --force/);
  assert.equal(refused.code, 1);
  assert.equal((await glimpse('export', run, '--format', 'h5', '--out', out, '--force')).code, 0);
  // The names differ, the weights do not.
  assert.equal((await readFile(out)).length > original.length - 1000, true);
});

test('the tfjs format writes the files of a release, or the float32 weights of a run', async () => {
  for (const [from, target] of [
    [release, 'quantized'],
    [run, 'float'],
  ] as const) {
    const { code, err } = await glimpse('export', from, '--format', 'tfjs', '--out', target);
    assert.equal(code, 0, err);
    const { weightsManifest } = JSON.parse(await readFile(join(folder, target, 'model.json'), 'utf8'));
    assert.equal('quantization' in weightsManifest[0].weights[0], from === release);
    assert.ok(existsSync(join(folder, target, 'weights.bin')));
  }
});

const wrong: [string[], RegExp, number][] = [
  [['export', release, '--format', 'keras', '--out', 'x.keras'], /\.keras format isn't supported.*Use h5/, 2],
  [['export', release, '--out', 'x.h5'], /required option '--format/, 2],
  [['export', 'nowhere', '--format', 'h5', '--out', 'x.h5'], /neither a run .* nor a release/, 1],
  [['import', 'nowhere.h5'], /nowhere\.h5 cannot be read: ENOENT/, 1],
  [['import', out, '--labels', 'a,b'], /The model has 10 outputs, but 2 labels were given/, 1],
  [['import', out, '--labels', 'a,a,c,d,e,f,g,h,i,j'], /Two classes are named "a"/, 1],
  [['import', out, '--labels', 'a', '--labels-file', 'b'], /cannot be used with option/, 2],
  [['import', out, '--std', '0'], /Each must be a number above 0/, 2],
  [['import', out, '--name', 'A b'], /1 to 64 characters: a-z/, 2],
];
for (const [args, message, exit] of wrong) {
  test(`"glimpse ${args.join(' ').replaceAll(folder, '…').replace(release, 'RELEASE')}": exit ${exit}`, async () => {
    const { code, err } = await glimpse(...args);
    assert.match(err, message);
    assert.doesNotMatch(err, /\n {4}at /, 'a stack trace is for our own faults');
    assert.equal(code, exit);
  });
}

test('labels that the file does not contain must be given, optionally in a file', async () => {
  const architecture = defineArchitecture(
    'three',
    [16, 16, 3],
    [{ className: 'Flatten' }, { className: 'Dense', config: { units: 3, activation: 'softmax' } }],
  );
  const settings = settingsSchema.parse({});
  const model = { architecture, weights: testWeights(architecture), settings, labels: [], input: testInput };
  const { glimpse: _, ...foreign } = exportModel(model);
  await writeFile(join(folder, 'three.h5'), await writeKerasFile(foreign));
  const refused = await glimpse('import', 'three.h5', '--runs', 'none');
  assert.match(refused.err, /does not name its 3 classes\. Pass --labels or --labels-file/);
  assert.ok(!existsSync(join(folder, 'none')), 'nothing was written');
  await writeFile(join(folder, 'names.txt'), 'one\ntwo\nthree\n');
  const { out } = await glimpse(
    '--json',
    'import',
    'three.h5',
    '--labels-file',
    'names.txt',
    '--mean',
    '0.5',
    '--std',
    '0.25',
  );
  const { labels, input } = JSON.parse(out);
  assert.deepEqual(labels, ['one', 'two', 'three']);
  assert.deepEqual([input.mean, input.standardDeviation], [Array(3).fill(0.5), Array(3).fill(0.25)]);
});

test('an imported run cannot be resumed', async () => {
  const { err, code } = await glimpse('train', '--resume', run);
  assert.match(err, /was imported, so it has no training to resume\. .*--init-from/);
  assert.equal(code, 1);
});
