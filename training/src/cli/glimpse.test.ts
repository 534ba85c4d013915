import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { commandLine } from '@glimpse/test/support/training/command-line';
import { testRunConfig } from '@glimpse/test/support/training/run-config';
import { trainedRun } from '@glimpse/test/support/training/trained-run';
import { RunFolder } from '../run/run-folder.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-cli-'));
after(() => rm(folder, { recursive: true }));
const starter = join(import.meta.dirname, '../../../starter/models/cifar10');
const example = (name: string) => join(import.meta.dirname, `../../../examples/${name}.png`);
const [version] = readdirSync(starter).filter((name) => name !== 'channels.json');
const release = join(starter, version!);

const glimpse = commandLine(folder, { env: { GLIMPSE_CACHE: join(folder, 'empty-cache') } });

function newRun(): Promise<RunFolder> {
  return RunFolder.create(folder, { ...testRunConfig, startedAt: new Date().toISOString() });
}

const wrongCalls: [string[], RegExp][] = [
  [['nonsense'], /unknown command 'nonsense'/],
  [['train', '--arch', 'vgg'], /'vgg' is invalid.*cifar10-tutorial, cifar10-small/],
  [['train', '--epochs', 'ten'], /'ten' is invalid.*integer from 1/],
  [['train', '--epochs', '0'], /integer from 1/],
  [['train', '--learning-rate', '-1'], /number above 0/],
  [['train', '--seed', '1', '--resume', '.'], /--resume uses the run's own settings; omit --seed/],
  [['train', '--sed', '1'], /unknown option '--sed'.*Did you mean --seed/s],
  [['publish', 'x', '--to', 'local'], /required option '--model <name>'/],
  [['publish', 'x', '--to', 'local', '--model', 'A b'], /1 to 64 characters: a-z/],
  [['quantize', 'x', '--dtype', 'int4'], /uint8, uint16, float16/],
  [['publish', 'x', '--to', 'local', '--model', 'm', '--percent', '10'], /--channel canary needs --percent/],
  [
    ['publish', 'x', '--to', 'local', '--model', 'm', '--channel', 'canary', '--percent', '101'],
    /number from 0 to 100/,
  ],
  [['publish', 'x', '--to', 'local', '--model', 'm', '--channel', 'canary'], /--channel canary needs --percent/],
  [['gate', 'x', '--from', 'local'], /--from and --model must be given together/],
  [['releases', 'promote', 'latest', '--from', 'local', '--model', 'm'], /Must be a version, like 2026/],
  [['releases', 'history', '--at', 'noon', '--from', 'local', '--model', 'm'], /Use a time such as/],
  [['releases', 'list', '--model', 'm'], /required option '--from <store>'/],
  [['evaluate'], /missing required argument/],
  [['runs', 'compare', 'x'], /name two or more runs/],
];
for (const [args, message] of wrongCalls) {
  test(`"glimpse ${args.join(' ')}" is a usage error: exit 2`, async () => {
    const { code, err } = await glimpse(...args);
    assert.match(err, message);
    assert.equal(code, 2);
  });
}

const failures: [string[], RegExp][] = [
  [['evaluate', 'nowhere'], /nowhere is neither a run \(config\.json\) nor a release \(release\.json\)/],
  [['train', '--engine', 'tensorflow'], /tensorflow engine is not installed here\. Run "glimpse engine install"/],
  [['train', '--resume', 'nowhere'], /nowhere is not a run folder/],
  [['report', 'nowhere'], /nowhere is not a run folder/],
  [['runs', 'list'], /The folder runs does not exist\. Train a run first/],
  [['publish', '.', '--model', 'm', '--to', 'local'], /holds no release\. Make one first: glimpse quantize/],
  [['publish', release, '--model', 'm', '--to', 'local'], /no wrangler\.toml: .* root folder/],
  [
    ['publish', release, '--model', 'm', '--to', 'local', '--sign', 'nokey'],
    /nokey cannot be read.*signing-keys create/,
  ],
  [['gate', 'nowhere'], /nowhere holds no release/],
  [['publish', release, '--model', 'm', '--to', 'ftp://x'], /not a store: use local or s3:\/\/bucket\/prefix/],
];
for (const [args, message] of failures) {
  test(`"glimpse ${args.map((arg) => arg.replace(release, 'RELEASE')).join(' ')}" fails with a hint: exit 1`, async () => {
    const { code, err } = await glimpse(...args);
    assert.match(err, message);
    assert.doesNotMatch(err, /\n {4}at /, 'a stack trace is for our own faults');
    assert.equal(code, 1);
  });
}

test('a run without a checkpoint says so', async () => {
  const { path } = await newRun();
  const { code, err } = await glimpse('evaluate', path);
  assert.match(err, /has no checkpoint\. Train it first/);
  assert.equal(code, 1);
});

test('an unfinished or failed run cannot become a release', async () => {
  const run = await newRun();
  await cp(join(import.meta.dirname, '../../package.json'), join(run.path, 'outcome.json'));
  await writeFile(
    join(run.path, 'outcome.json'),
    JSON.stringify({ status: 'failed', endedAt: '', reason: 'The loss became NaN' }),
  );
  await assert.rejects(quantized(run), {
    code: 'run-invalid',
    message: /failed \(The loss became NaN\)\. Only a finished run/,
  });
});

async function quantized(run: RunFolder) {
  const { quantizeRun } = await import('../quantize/quantize-run.ts');
  const { colorData } = await import('@glimpse/test/support/training/data');
  return quantizeRun(run, colorData(), { dtype: 'uint8', maxDrop: 1, model: 'm', onProgress() {} });
}

test('images are classified even if one of them is invalid', async () => {
  await mkdir(join(folder, 'images'));
  await writeFile(join(folder, 'images/page.jpg'), '<!doctype html>');
  const { code, out, err } = await glimpse(
    'predict',
    release,
    example('cat'),
    'images/page.jpg',
    'images/none.png',
    example('ship'),
  );
  assert.match(out, /cat\.png: cat 0\.\d{4}/);
  assert.match(out, /ship\.png: ship 0\.\d{4}/);
  assert.match(out, /page\.jpg: .*HTML page; send JPEG, PNG, WebP or GIF/);
  assert.match(out, /none\.png: ENOENT/);
  assert.match(err, /2 of 4 files could not be classified/);
  assert.equal(code, 1);
});

test('--json prints one object per line, including errors', async () => {
  const { out } = await glimpse('--json', 'predict', release, example('frog'), '--top-k', '1');
  const [prediction, ...rest] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(rest, []);
  assert.equal(prediction.event, 'prediction');
  assert.deepEqual(prediction.image, { format: 'png', width: 32, height: 32 });
  assert.equal(prediction.predictions[0].label, 'frog');
  const failed = await glimpse('--json', 'evaluate', 'nowhere');
  assert.equal(JSON.parse(failed.out).code, 'run-invalid');
  assert.equal(failed.code, 1);
});

test('a release whose weights are a Git LFS pointer is rejected', async () => {
  const place = join(folder, 'lfs');
  await cp(release, place, { recursive: true });
  await writeFile(
    join(place, 'weights.bin'),
    'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 686600\n',
  );
  const { code, err } = await glimpse('evaluate', place);
  assert.match(err, /weights\.bin has \d+ bytes, not 686600: it is a Git LFS pointer/);
  assert.equal(code, 1);
});

test('the doctor says what is missing and how to install it', async () => {
  const { code, out } = await glimpse('doctor');
  assert.match(out, /lack tensorflow engine +run: glimpse engine install/);
  assert.match(out, /lack cifar10 +run: glimpse data cifar10/);
  assert.match(out, /ok {3}wasm engine/);
  assert.equal(code, 0);
});

test('runs are listed, including damaged ones, and --json prints one object for each', async () => {
  const runs = join(folder, 'listed');
  const { run } = await trainedRun(runs, { epochs: 1 });
  await mkdir(join(runs, 'damaged'));
  const { code, out } = await glimpse('runs', 'list', '--runs', runs);
  assert.equal(code, 0);
  const [head, first, last] = out.trim().split('\n');
  assert.match(head!, /^id +architecture +data +epochs +best +last +status +engine +duration$/);
  assert.match(first!, new RegExp(`^${run.id} .* 1/1 +0\\.\\d{4} +0\\.\\d{4} +finished +wasm cpu +1 min 30 s$`));
  assert.match(last!, /^damaged {2}damaged: .*not a run folder/);
  const json = (await glimpse('--json', 'runs', 'list', '--runs', runs)).out.trim().split('\n');
  assert.deepEqual(
    json.map((line) => JSON.parse(line).event),
    ['run', 'damaged'],
  );
});

test('two runs are compared by their records if their data is missing', async () => {
  const runs = join(folder, 'compared');
  const first = await trainedRun(runs, { epochs: 1 });
  const second = await trainedRun(runs, { epochs: 2, seed: 2 });
  const records = await glimpse('runs', 'compare', first.run.path, second.run.path, '--records-only');
  assert.equal(records.code, 0, records.err);
  assert.match(records.out, /settings\.epochs +1 +2\nsettings\.seed +1 +2\n/);
  assert.match(records.out, /val_acc +best val_acc\n/);
  const measured = await glimpse('runs', 'compare', first.run.path, second.run.path);
  assert.equal(measured.code, 1);
  assert.match(measured.err, /location of the data set "colors" is not recorded/);
});

test('a report needs the data that the run was trained on', async () => {
  const { run } = await trainedRun(join(folder, 'reported'), { epochs: 1 });
  const { code, err } = await glimpse('report', run.path);
  assert.equal(code, 1);
  assert.match(err, /location of the data set "colors" is not recorded/);
});
