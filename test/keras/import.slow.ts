/** What real Keras saves is imported, and answers as it did there. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { openClassifier } from '@glimpse/training/evaluate/open-classifier';
import { readSafetensors } from '@glimpse/training/files/safetensors';
import { type Called, commandLine, type Event, eventsOf } from '../support/training/command-line.ts';
import { ROOT } from '../support/worker/start-worker.ts';
import { keras2, keras3, runPython } from './python.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-keras-import-'));
after(() => rm(folder, { recursive: true }));
const runs = join(folder, 'runs');
const glimpse = commandLine(folder);

/** The last event of the kind that `--json` printed. */
function eventOf(called: Called, name: string): Event {
  return eventsOf(called).findLast(({ event }) => event === name)!;
}

for (const keras of [keras2, keras3]) {
  test(`models saved by ${keras.name}`, { skip: keras.skip }, async (t) => {
    const saved = await mkdtemp(join(folder, 'saved-'));
    await runPython(keras, 'save_models.py', [saved]);
    const file = (name: string) => join(saved, `${name}.h5`);

    await t.test("the tutorial's cifar10.h5 gives the same outputs as in Keras", async () => {
      const { run, difference } = await importAndCompare(file('cifar10'));
      assert.ok(difference < 1e-5, `probabilities differ by ${difference}`);
      const environment = JSON.parse(await readFile(join(run, 'environment.json'), 'utf8'));
      assert.equal(environment.imported.file, 'cifar10.h5');
      assert.match(environment.engine.versions.keras, /^[23]\.15/);
      const config = JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
      assert.equal(config.labels[9], 'truck');
      assert.equal(config.settings.optimizer.name, 'rmsprop');
      assert.ok(Math.abs(config.settings.optimizer.learningRate - 0.002) < 1e-9);
    });

    await t.test('augmentation is dropped with a message, and Rescaling is applied once', async () => {
      const { difference, called } = await importAndCompare(file('augmented'));
      assert.ok(difference < 1e-5, `probabilities differ by ${difference}`);
      const { dropped, input } = eventOf(called, 'imported') as unknown as {
        dropped: { className: string }[];
        input: object;
      };
      assert.deepEqual(
        dropped.map(({ className }) => className),
        ['RandomFlip', 'RandomRotation', 'RandomZoom'],
      );
      assert.deepEqual(input, {
        ...{ height: 32, width: 32, channels: 3, fit: 'stretch' },
        ...{ mean: [0.5, 0.5, 0.5], standardDeviation: [0.5, 0.5, 0.5] },
      });
    });

    const refused: [string, RegExp][] = [
      ['unsupported', /These layers are not supported: ".*" \(LeakyReLU\), ".*" \(UnitNormalization\)\. Supported: /],
      ['rescaled_within', /"rescaling.*" \(Rescaling after another layer\)/],
      ['only.weights', /contains only weights.*Save the whole model: model\.save\("FILE\.h5"\)/],
    ];
    for (const [name, message] of refused) {
      await t.test(`${name}.h5 is rejected, and nothing is written`, async () => {
        const empty = join(folder, 'nothing');
        const { code, err } = await glimpse('import', file(name), '--runs', empty);
        assert.match(err, message);
        assert.equal(code, 1);
        assert.ok(!existsSync(empty));
      });
    }
  });
}

const corpus = join(ROOT, '../shared/corpus');
const skip = existsSync(corpus) ? false : 'the corpus is missing: ../shared/corpus';

test('a public Keras 2.15 model with batch normalization gives the recorded outputs', { skip }, async () => {
  const file = 'k2.15-cifar-bn.h5';
  const golden = JSON.parse(await readFile(join(corpus, 'keras/golden.json'), 'utf8'));
  const { run } = await imported(join(corpus, 'keras', file));
  const { classifier } = await openClassifier(run);
  for (const [index, name] of (golden.inputs as string[]).entries()) {
    const inputs = join(corpus, 'keras/inputs');
    const input = readdirSync(inputs).find((entry) => entry.startsWith(name))!;
    const scores = classifier.classify(await readFile(join(inputs, input)));
    const difference = largestDifference(scores, golden.models[file].output[index]);
    assert.ok(difference < 1e-4, `${name}: probabilities differ by ${difference}`);
  }
});

async function imported(file: string): Promise<{ run: string; called: Called }> {
  const called = await glimpse('--json', 'import', file, '--runs', runs);
  assert.equal(called.code, 0, called.out + called.err);
  return { run: String(eventOf(called, 'imported').path), called };
}

/** Both get the same 8-bit pixels. The outputs of Keras are in the file beside the model. */
async function importAndCompare(file: string): Promise<{ run: string; called: Called; difference: number }> {
  const { run, called } = await imported(file);
  const { tensors } = readSafetensors(await readFile(file.replace(/\.h5$/, '.safetensors')));
  const { classifier } = await openClassifier(run);
  const scores = classifier.classify(Uint8Array.from(tensors.get('x')!.values));
  return { run, called, difference: largestDifference(scores, tensors.get('outputs')!.values) };
}

function largestDifference(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  assert.equal(got.length, wanted.length);
  return Math.max(...Array.from(got, (value, i) => Math.abs(value - wanted[i]!)));
}
