import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { commandLine } from '@glimpse/test/support/training/command-line';
import { noisePng, writeEntries } from '@glimpse/test/support/training/image-folder';
import { cacheFolder } from '../files/cache-folder.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-data-command-'));
after(() => rm(folder, { recursive: true }));
const cifar10 = cacheFolder('data', 'cifar10');
const cache = join(folder, 'cache');

const glimpse = commandLine(folder, { env: { GLIMPSE_CACHE: cache } });

/** As many classes as the small network tells apart. */
const classes = Array.from({ length: 10 }, (_, i) => `class-${i}`);

before(async () => {
  await mkdir(join(folder, 'photos'));
  const entries = classes.flatMap((name, c) => Array.from({ length: 10 }, (_, i) => [`${name}/${i}.png`, c * 10 + i]));
  await writeEntries(join(folder, 'photos'), {
    ...(Object.fromEntries(entries) as Record<string, number>),
    'class-0/.DS_Store': 'x',
    'class-1/empty.png': '',
    'class-2/copy.png': 20,
  });
});

test('data DIR shows classes by part, what was skipped, what is unreadable, duplicates and the majority', async () => {
  const { code, out, err } = await glimpse('data', 'photos', '--size', '32');
  assert.equal(err, '');
  assert.equal(code, 0);
  assert.match(out, /photos: 101 images of 10 classes, read as 32x32x3/);
  assert.match(out, /class {6}train {6}val {5}test\n/);
  assert.match(out, / {2}class-9 {8}8 {8}1 {8}1\n/);
  assert.match(out, /Majority-class baseline: always answering "class-2" is correct for \d+\.\d% of the test images/);
  assert.match(out, /Skipped hidden entries: 1 \(class-0\/\.DS_Store\)/);
  assert.match(out, /Unreadable and skipped: 1 \(1\.0%\)\n {2}class-1\/empty\.png: empty file/);
  assert.match(out, /Duplicates: 1 with the same bytes as another image, 0 more/);
});

test('--json prints the same as one object', async () => {
  const { out } = await glimpse('--json', 'data', 'photos', '--size', '32', '--channels', '1', '--test', '.2');
  const event = JSON.parse(out);
  assert.deepEqual(event.test, [20, 32, 32, 1]);
  assert.equal(event.input.mean.length, 1);
  assert.deepEqual(event.datasetReport.counts.test, Array(10).fill(2));
});

const wrongCalls: [string[], RegExp][] = [
  [['data', 'cifar10', '--size', '32'], /--size applies to image folders, not to cifar10/],
  [['train', '--val', '.1', '--fit', 'cover'], /--fit, --val apply to image folders, not to cifar10/],
  [['data', 'photos', '--size', '4'], /integer from 8 to 512/],
  [['data', 'photos', '--channels', '4'], /'4' is invalid/],
  [['data', 'photos', '--test', '0'], /a number above 0 and below 1/],
  [['data', 'photos', '--max-unreadable', '1.5'], /a number from 0 to 1/],
  [['data', 'photos', '--val', '.5', '--test', '.5'], /leave nothing to train on/],
  [['data', 'photos', '--per-class', '3'], /go with --to-folder/],
  [['data', 'photos', '--to-folder', 'x'], /--to-folder is for cifar10/],
];
for (const [args, message] of wrongCalls) {
  test(`"glimpse ${args.join(' ')}" is a usage error: exit 2`, async () => {
    const { code, err } = await glimpse(...args);
    assert.match(err, message);
    assert.equal(code, 2);
  });
}

test('missing data and a network that does not fit the data fail with a hint', async () => {
  const nowhere = await glimpse('data', 'nowhere');
  assert.match(nowhere.err, /nowhere is neither a folder nor a CSV/);
  assert.equal(nowhere.code, 1);
  const layers = [{ className: 'Flatten' }, { className: 'Dense', config: { units: 2, activation: 'softmax' } }];
  const recipe = { architecture: { name: 'two', inputShape: [8, 8, 3], layers } };
  await writeFile(join(folder, 'two.ts'), `export default ${JSON.stringify(recipe)};`);
  const misfit = await glimpse('train', '--engine', 'wasm', '--config', 'two.ts', '--data', 'photos');
  assert.match(misfit.err, /"two" has 2 outputs, but photos has 10 classes/);
  assert.equal(misfit.code, 1);
});

test('evaluate and quantize reopen the data of a run, or say what changed', async () => {
  const args = ['--engine', 'wasm', '--arch', 'cifar10-small', '--size', '32', '--epochs', '1', '--batch-size', '16'];
  const trained = await glimpse('--json', 'train', '--data', 'photos', ...args);
  assert.equal(trained.code, 0, trained.err + trained.out);
  const run = JSON.parse(trained.out.trim().split('\n').at(-1)!).path as string;
  const { data } = JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
  assert.equal(data.ownPictures.path, join(folder, 'photos'));

  const evaluated = await glimpse('--json', 'evaluate', run);
  assert.equal(JSON.parse(evaluated.out).images, 10);
  const quantized = await glimpse('quantize', run, '--max-drop', '100');
  assert.equal(quantized.code, 0, quantized.err);
  const manifest = await readFile(join(run, 'release/release.json'), 'utf8');
  assert.deepEqual(Object.keys(JSON.parse(manifest).data), ['name', 'fingerprint', 'train', 'test']);
  assert.ok(!manifest.includes(folder), 'a release is public: it says nothing of folders');

  const release = await glimpse('evaluate', join(run, 'release'));
  assert.match(release.err, /location of the data set "photos" is not recorded\. Pass its folder: --data DIR/);
  const named = await glimpse('--json', 'evaluate', join(run, 'release'), '--data', 'photos');
  assert.equal(JSON.parse(named.out).images, 10);

  await unlink(join(folder, 'photos/class-3/0.png'));
  await writeEntries(folder, { 'photos/class-4/new.png': await noisePng(5000) });
  for (const verb of [
    ['evaluate', run],
    ['quantize', run],
    ['train', '--resume', run],
  ]) {
    const { code, err } = await glimpse(...verb);
    assert.match(
      err,
      /has changed since the run was created: 1 added \(class-4\/new\.png\), 1 removed \(class-3\/0\.png\)/,
    );
    assert.equal(code, 1);
  }
});

test('CIFAR-10 images are written as a folder per class, and only into an empty folder', {
  skip: await readFile(join(cifar10, 'train-classes.bin')).then(
    () => false,
    () => 'the data is not here: npx glimpse data cifar10',
  ),
}, async () => {
  await mkdir(join(cache, 'data'), { recursive: true });
  await symlink(cifar10, join(cache, 'data/cifar10'));
  const args = ['data', 'cifar10', '--to-folder', 'out', '--classes', 'cat,ship', '--per-class', '30'];
  assert.match((await glimpse(...args)).out, /60 images of 2 classes → out/);
  assert.match((await glimpse(...args)).err, /out is not empty/);
  const { out } = await glimpse('--json', 'data', 'out', '--size', '32');
  assert.deepEqual(JSON.parse(out).labels, ['cat', 'ship']);
  assert.match(
    (await glimpse('data', 'cifar10', '--to-folder', 'o2', '--classes', 'cow')).err,
    /Unknown class "cow"\. The classes are airplane/,
  );
});
