/** Every trainable layer can be served: for each, a network is trained, quantized, published and queried. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { type ClassifyAnswer, RAW_PIXELS_TYPE } from '@glimpse/shared/api/classify';
import { normalize } from '@glimpse/shared/image/tensor';
import { type ClassName, layerKinds } from '@glimpse/shared/model/layers/table';
import { defineArchitecture } from '@glimpse/shared/model/network/architecture';
import { Network } from '@glimpse/shared/model/network/network';
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import { Classifier } from '@glimpse/shared/release/classifier';
import type { EngineName } from '@glimpse/training/engines/engine';
import { kernelsOf, startEngine } from '@glimpse/training/engines/select';
import { findInstallation } from '@glimpse/training/engines/tensorflow/installation';
import { fit } from '@glimpse/training/fit/fit';
import { compileForward } from '@glimpse/training/fit/forward';
import { losses } from '@glimpse/training/fit/losses/table';
import { settingsSchema } from '@glimpse/training/fit/settings';
import { publish } from '@glimpse/training/publish/publish';
import { readReleaseFolder } from '@glimpse/training/publish/release-folder';
import { quantizeRun } from '@glimpse/training/quantize/quantize-run';
import { quantizationTypes } from '@glimpse/training/quantize/quantize-weights';
import { writeReport } from '@glimpse/training/report/write-report';
import type { RunFolder } from '@glimpse/training/run/run-folder';
import { openLocalStore } from '@glimpse/training/store/local-store';
import type { StoreConnection } from '@glimpse/training/store/open-store';
import { setBackend, sigmoid, softmax, tensor, tidy } from '@tensorflow/tfjs-core';
import { copyProject, type Project, type Started } from '../loop/project.ts';
import { ROOT } from '../support/worker/start-worker.ts';
import { networks, networksByKind, sideModel } from './networks.ts';
import { trainNetwork } from './train-network.ts';

const noTensorFlow = (await findInstallation()) ? false : 'TensorFlow is not installed: npx glimpse engine install';
const ASKED = 4;

let project: Project;
let worker: Started;
let store: StoreConnection;
let runs: string;
before(async () => {
  runs = await mkdtemp(join(tmpdir(), 'glimpse-layers-'));
  project = await copyProject();
  worker = await project.start();
  store = await openLocalStore(project.folder);
});
after(async () => {
  await store?.close();
  await worker?.stop();
  await project?.remove();
  await rm(runs, { recursive: true });
});

/** The scores of one image, in the order of the labels. */
async function ask(model: string, pixels: Uint8Array<ArrayBuffer>, classes: number): Promise<number[]> {
  const response = await fetch(new URL(`/v1/classify?model=${model}&top_k=${classes}`, worker.url), {
    method: 'POST',
    headers: { 'Content-Type': RAW_PIXELS_TYPE },
    body: pixels,
  });
  assert.equal(response.status, 200, await response.clone().text());
  const { predictions } = (await response.json()) as ClassifyAnswer;
  return predictions.toSorted((a, b) => a.index - b.index).map(({ score }) => score);
}

/** The scores that the trainer's own validation pass computes. */
async function trainersScores(run: RunFolder, engine: EngineName, pixels: Uint8Array): Promise<Float32Array> {
  const { architecture, input, settings } = run.config;
  const { weights } = await run.resultCheckpoint();
  const kernels = kernelsOf(await startEngine(engine, assert.fail));
  const { inputShape } = architecture;
  const activate = losses[settings.loss].activation === 'sigmoid' ? sigmoid : softmax;
  const values = normalize(pixels, input);
  return tidy(() => {
    const held = new Map([...weights].map(([name, { values, shape }]) => [name, tensor(values, [...shape])]));
    const x = tensor(values, [ASKED, ...inputShape]);
    return activate(
      compileForward(architecture, settings.loss)({ kernels, weights: held }, x),
    ).dataSync() as Float32Array;
  });
}

function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>, within: number): void {
  assert.equal(actual.length, expected.length);
  const worst = Math.max(...Array.from(actual, (value, i) => Math.abs(value - expected[i]!)));
  assert.ok(worst <= within, `differs by ${worst}`);
}

/** After training, batch normalization no longer has its initial mean 0 and variance 1. */
async function assertMoved(run: RunFolder): Promise<void> {
  const { weights } = await run.resultCheckpoint();
  for (const [name, { values }] of weights) {
    if (name.endsWith('moving_mean'))
      assert.ok(
        values.some((value) => Math.abs(value) > 1e-4),
        name,
      );
    if (name.endsWith('moving_variance'))
      assert.ok(
        values.some((value) => Math.abs(value - 1) > 0.1),
        name,
      );
  }
}

test('the networks listed for a kind of layer contain that layer', () => {
  assert.deepEqual(Object.keys(networksByKind).sort(), Object.keys(layerKinds).sort());
  for (const [kind, ofKind] of Object.entries(networksByKind)) {
    assert.ok(ofKind.length > 0, kind);
    for (const { layers } of ofKind)
      assert.ok(
        layers.some(({ className }) => className === (kind as ClassName)),
        kind,
      );
  }
});

for (const engine of ['wasm', 'tensorflow'] as const) {
  const skip = engine === 'tensorflow' && noTensorFlow;
  for (const [number, network] of networks.entries()) {
    const dtype = quantizationTypes[number % quantizationTypes.length]!;
    const kinds = [...new Set(network.layers.map(({ className }) => className))].join(', ');
    test(`"${network.name}" (${kinds}), trained on ${engine}, is served as ${dtype}`, { skip }, async () => {
      const parent = join(runs, engine, String(number));
      const started = await startEngine(engine, assert.fail);
      await setBackend(engine);
      const { run, data } = await trainNetwork(network, { engine: started, parent });
      const { val_loss, loss } = await run.history();
      assert.ok(loss.at(-1)! < loss[0]!, `it has learnt: ${loss}`);
      await assertMoved(run);
      const pixels = data.test.take(Array.from({ length: ASKED }, (_, i) => i)).pixels;
      const trainers = await trainersScores(run, engine, pixels);

      await useWasmBackend();
      const { weights } = await run.resultCheckpoint();
      const float = new Network(run.config.architecture, weights);
      assertNear(float.predict(normalize(pixels, run.config.input)), trainers, 1e-5);
      float.dispose();
      const manifest = await quantizeRun(run, data, { dtype, maxDrop: 100, model: network.name, onProgress() {} });
      if (run.config.settings.loss === 'categoricalCrossentropy') {
        assertNear([manifest.metrics.float.loss], [val_loss.at(-1)!], 1e-5);
      }

      const model = `${network.name}-${engine}`;
      const release = await readReleaseFolder(run.releasePath);
      const published = { model, channel: 'stable', actor: 'test', reason: 'test', time: new Date().toISOString() };
      await publish(release, store, published);
      const classifier = Classifier.fromRelease(release.manifest, release.files);
      const size = pixels.length / ASKED;
      for (let i = 0; i < ASKED; i++) {
        const one = pixels.slice(i * size, (i + 1) * size);
        assert.deepEqual(await ask(model, one, network.classes), [...classifier.classify(one)]);
      }
      classifier.dispose();
    });
  }
}

test('a network with one output for two classes can be trained, but not evaluated or released', async () => {
  const engine = await startEngine('wasm', assert.fail);
  const { run, data } = await trainNetwork(sideModel('plain', 1), { engine, parent: join(runs, 'one-output') });
  const { val_acc } = await run.history();
  assert.ok(val_acc.at(-1)! > 0.5, `${val_acc}`);
  const refused = {
    code: 'run-invalid',
    message: /"side-plain" has 1 output for the 2 classes level 0, level 1\. .*Train with a last layer of 2 units/,
  };
  const options = { dtype: 'uint8', maxDrop: 100, model: 'one-output', onProgress() {} } as const;
  await assert.rejects(quantizeRun(run, data, options), refused);
  await assert.rejects(writeReport(run, data), refused);
  assert.deepEqual(await readdir(run.path), [
    'checkpoints',
    'config.json',
    'environment.json',
    'history.json',
    'outcome.json',
  ]);
  for (const verb of [
    ['evaluate', run.path],
    ['predict', run.path, join(ROOT, 'examples/cat.png')],
  ]) {
    const { code, err } = await project.glimpse(verb);
    assert.match(err, refused.message);
    assert.equal(code, 1);
  }
});

test('a network with vector input is rejected for images', async () => {
  const architecture = defineArchitecture(
    'vectors',
    [100],
    [{ className: 'Dense', config: { units: 3, activation: 'softmax' } }],
  );
  const engine = await startEngine('wasm', assert.fail);
  const { data, run } = await trainNetwork(sideModel('plain', 2), { engine, parent: join(runs, 'vectors') });
  const on = { step() {}, epoch() {}, async checkpoint() {} };
  const { input } = run.config;
  await assert.rejects(
    fit({ architecture, input, data, settings: settingsSchema.parse({ batchSize: 8 }), engine, on }),
    {
      code: 'run-invalid',
      message: '"vectors" expects input of shape [100], but the images of bright-and-dark have shape [8,8,3].',
    },
  );
});
