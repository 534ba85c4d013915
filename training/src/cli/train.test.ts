/** What `glimpse train` does with bad input: an error that says what to do, and nothing lost. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { type Called, commandLine, program } from '@glimpse/test/support/training/command-line';
import { classEntries, noisePng, writeEntries } from '@glimpse/test/support/training/image-folder';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-train-command-'));
after(() => rm(folder, { recursive: true }));
const cache = join(folder, 'cache');
const env = { ...process.env, GLIMPSE_CACHE: cache };
const starter = join(import.meta.dirname, '../../../starter/models/cifar10');
const release = join(starter, readdirSync(starter).find((name) => name !== 'channels.json')!);

const glimpse = commandLine(folder, { env: { GLIMPSE_CACHE: cache }, timeout: 120_000 });

/** Small, so that a run takes no longer than its process. */
const small = ['--data', 'photos', '--engine', 'wasm', '--arch', 'cifar10-small', '--epochs', '1'];

/** @returns the last line of `--json` */
const lastEvent = ({ out }: Called) => JSON.parse(out.trim().split('\n').at(-1)!) as Record<string, string>;

before(() => writeEntries(join(folder, 'photos'), classEntries(['cat', 'dog', 'ship'], 20)));

/** Nothing may be left of a run that never began. */
async function refuses(args: string[], code: string, text: RegExp): Promise<void> {
  const result = await glimpse('--json', 'train', ...args, '--runs', 'none');
  const event = lastEvent(result);
  assert.match(event.text!, text);
  assert.equal(event.code, code);
  assert.equal(result.code, 1);
  assert.doesNotMatch(result.err, /\n {4}at /, 'a stack trace is for our own faults');
  assert.ok(!existsSync(join(folder, 'none')), 'a run folder was made');
}

test('a batch larger than the training set is rejected with the maximum', () =>
  refuses(
    [...small, '--batch-size', '49'],
    'run-invalid',
    /The batch size 49 is larger than the training set \(48 images\)\. Use --batch-size 48 or less/,
  ));

const recipes: [what: string, recipe: string, message: RegExp][] = [
  [
    'an unknown setting',
    '{ settings: { epoch: 3 } }',
    /recipe\.ts: There is no option "settings\.epoch"\. Did you mean "epochs"\?/,
  ],
  [
    'an unknown option of a setting',
    "{ settings: { optimizer: { name: 'sgd', nesterow: true } } }",
    /no option "settings\.optimizer\.nesterow"\. Did you mean "nesterov"\?/,
  ],
  [
    'an unknown option of a layer',
    "{ architecture: { name: 'a', inputShape: [16, 16, 3], layers: [{ className: 'Flatten' }, { className: 'Dense', config: { unit: 3 } }] } }",
    /Dense has no option "unit"\. Did you mean "units"\?/,
  ],
  ['NaN', '{ settings: { labelSmoothing: 0 / 0 } }', /"settings\.labelSmoothing" .*received NaN/],
  [
    'NaN deep inside',
    "{ settings: { optimizer: { name: 'adam', learningRate: Number('1,5') } } }",
    /"settings\.optimizer\.learningRate" .*received NaN/,
  ],
  [
    'NaN in a layer',
    "{ architecture: { name: 'a', inputShape: [16, 16, 3], layers: [{ className: 'Dropout', config: { rate: NaN } }] } }",
    /"dropout".*rate/s,
  ],
  ['what cannot be parsed', '{ settings: ', /recipe\.ts does not run/],
];
for (const [what, recipe, message] of recipes) {
  test(`a config with ${what} is rejected`, async () => {
    const file = `recipe.ts`;
    await writeFile(join(folder, file), `export default ${recipe};\n`);
    await refuses(['--data', 'photos', '--engine', 'wasm', '--config', file], 'config-invalid', message);
  });
}

test("another model's weights are rejected if they do not fit, with the sizes and what to do", async () => {
  const from = ['--data', 'photos', '--engine', 'wasm', '--init-from', release];
  await refuses(
    [...from, '--size', '40'],
    'run-invalid',
    /weights "dense\/kernel" of release .* are \[2304,128\], but images of 40x40x3 need \[6400,128\]\. .*--size 32 --channels 3/,
  );
  await refuses(
    [...from, '--channels', '1'],
    'run-invalid',
    /weights "conv2d\/kernel" .* are \[3,3,3,32\], but images of 32x32x1 need \[3,3,1,32\]\. .*32x32x3 \(--size 32 --channels 3/,
  );
  await refuses([...from, '--size', '8'], 'run-invalid', /"cifar10-tutorial" does not support images of 8x8x3/);
  await refuses([...small.slice(0, 4), '--init-from', 'photos'], 'run-invalid', /neither a run .* nor a release/);
});

test('images are read in the size of the network, unless the command line sets another', async () => {
  for (const [args, size] of [
    [[], [32, 32, 3]],
    [
      ['--channels', '1'],
      [32, 32, 1],
    ],
    [
      ['--size', '24'],
      [24, 24, 3],
    ],
  ] as const) {
    const options = [...small, '--batch-size', '48', ...args, '--runs', `read-${size}`];
    const result = await glimpse('--json', 'train', ...options);
    assert.equal(result.code, 0, result.out + result.err);
    const { input } = JSON.parse(await readFile(join(lastEvent(result).path!, 'config.json'), 'utf8'));
    assert.deepEqual([input.height, input.width, input.channels], size);
  }
});

const wrongCalls: [string[], RegExp][] = [
  [['--batch-size', '0'], /integer from 1 to/],
  [['--learning-rate', 'NaN'], /'NaN' is invalid.*number above 0/],
  [['--label-smoothing', 'NaN'], /'NaN' is invalid/],
  [['--init-from', release, '--arch', 'cifar10-small'], /--init-from brings its own architecture; omit --arch/],
  [['--resume', 'x', '--arch', 'cifar10-bn'], /--resume uses the run's own settings; omit --arch/],
  [['--resume', 'x', '--engine', 'wasm', '--data', 'photos'], /omit --data, --engine/],
  [['--resume', 'x', '--config', 'recipe.ts'], /omit --config/],
  [['--batchsize', '8'], /unknown option '--batchsize'.*Did you mean --batch-size/s],
];
for (const [args, message] of wrongCalls) {
  test(`"glimpse train ${args.map((arg) => arg.replace(release, 'RELEASE')).join(' ')}" is a usage error: exit 2`, async () => {
    const { code, err } = await glimpse('train', ...args);
    assert.match(err, message);
    assert.equal(code, 2);
  });
}

test('a run whose data has changed is not resumed until the data is restored', async () => {
  const trained = await glimpse(
    '--json',
    'train',
    ...small,
    '--epochs',
    '2',
    '--batch-size',
    '48',
    '--runs',
    'changed',
  );
  assert.equal(trained.code, 0, trained.out + trained.err);
  const { path } = lastEvent(trained) as { path: string };
  const image = join(folder, 'photos/dog/3.png');
  const before = await readFile(image);
  await writeFile(image, await noisePng(9000));
  const refused = await glimpse('--json', 'train', '--resume', path);
  assert.equal(refused.code, 1);
  assert.equal(lastEvent(refused).code, 'data-changed');
  assert.match(
    lastEvent(refused).text!,
    /photos has changed since the run was created: .*1 changed \(dog\/3\.png\)\. Restore the files/,
  );
  await writeFile(image, before);
  const resumed = await glimpse('--json', 'train', '--resume', path);
  assert.equal(resumed.code, 0, resumed.out + resumed.err);
});

test('a run that another process trains cannot be trained by a second one', async () => {
  const args = ['train', ...small, '--epochs', '100000', '--runs', 'busy'];
  const first = spawn(process.execPath, [program, '--json', ...args], { env, cwd: folder });
  try {
    const path = await nextRun(first);
    const second = await glimpse('--json', 'train', '--resume', path);
    assert.equal(second.code, 1);
    assert.equal(lastEvent(second).code, 'run-busy');
    assert.match(lastEvent(second).text!, new RegExp(`in use by process ${first.pid} on .* Wait for it, or stop it`));
    assert.equal(first.exitCode, null, 'the first goes on');
    first.kill('SIGINT');
    const [code] = await once(first, 'exit');
    assert.equal(code, 1);
    assert.equal(JSON.parse(await readFile(join(path, 'outcome.json'), 'utf8')).status, 'stopped');
    assert.equal(JSON.parse(await readFile(join(path, 'lock.1'), 'utf8')).released, true);
    assert.equal((await glimpse('evaluate', path)).code, 0);
  } finally {
    first.kill('SIGKILL');
  }
});

/** The folder of the run that a process has begun to train, once an epoch is done. */
function nextRun(child: ChildProcess): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`no run: ${text}`)));
    child.stdout!.on('data', (data) => {
      text += data;
      const lines = text.split('\n').slice(0, -1);
      const events = lines.map((line) => JSON.parse(line) as { event: string; path: string });
      if (events.some(({ event }) => event === 'epoch')) resolve(events.find(({ event }) => event === 'run')!.path);
    });
  });
}
