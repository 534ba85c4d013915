/**
 * A published release is a standard tfjs model: `tf.loadLayersModel(url)` gives the Worker's predictions, from the public
 * bucket of a real S3 server and from the Worker's file route, in Node and in a browser. Covers each kind of quantization,
 * whole and sharded files, with and without batch normalization (which the Worker folds into the convolutions).
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test, { after, before } from 'node:test';
import { PutBucketCorsCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { architectures } from '@glimpse/shared/model/architectures/registry';
import { defineArchitecture, elements } from '@glimpse/shared/model/network/architecture';
import type { Manifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { publish } from '@glimpse/training/publish/publish';
import { readReleaseFolder } from '@glimpse/training/publish/release-folder';
import { quantizationTypes, quantizeWeights } from '@glimpse/training/quantize/quantize-weights';
import { parseS3Url, S3Store } from '@glimpse/training/store/s3-store';
import * as tf from '@tensorflow/tfjs';
import { type Stage, stageOnS3 } from '../releases/stage.ts';
import { testRelease } from '../support/release.ts';
import { BUCKET, S3_MISSING, type S3Server, s3Available, startS3 } from '../support/start-s3.ts';
import { starterFolder } from '../support/worker/start-worker.ts';
import { browserLacks, launchBrowser } from './browser.ts';

const IMAGES = 3;
/** For probabilities: float32 on two backends with different orders of summation. */
const TOLERANCE = 1e-5;

interface Published {
  readonly name: string;
  readonly manifest: Manifest;
  readonly url: string;
  /** [IMAGES, 10], from the Worker. */
  readonly scores: readonly number[][];
}

if (await s3Available()) {
  let s3: S3Server;
  let stage: Stage;
  const all: Published[] = [];

  before(async () => {
    s3 = await startS3();
    stage = await stageOnS3(s3);
    await makePublic(s3);
    const store = new S3Store(parseS3Url(`s3://${BUCKET}/stage`));
    for (const [name, release] of await releases()) {
      const { version, manifest } = release;
      const time = new Date().toISOString();
      await publish(release, store, { model: name, channel: 'stable', actor: 'ann', reason: 'a test', time });
      const scores = [];
      for (const image of images(manifest)) scores.push(await classify(stage, name, image));
      const stored = `${s3.endpoint}/${BUCKET}/stage/${objectKeys.file(name, version, 'model.json')}`;
      const served = new URL(`/v1/models/${name}/releases/${version}/files/model.json`, stage.worker.url).href;
      for (const url of [stored, served]) all.push({ name, manifest, url, scores });
    }
    await store.close();
  });
  after(async () => {
    await stage.close();
    await s3.stop();
  });

  test('in Node', async (t) => {
    await tf.setBackend('cpu');
    let worst = 0;
    for (const { name, manifest, url, scores } of all) {
      const model = await tf.loadLayersModel(url);
      const input = tf.tensor(inputs(manifest), [IMAGES, ...shapeOf(manifest)]);
      const output = model.predict(input) as tf.Tensor;
      worst = Math.max(worst, compare(name, scores, [...(await output.data())]));
      tf.dispose([input, output]);
      model.dispose();
    }
    t.diagnostic(
      `${all.length / 2} releases at two addresses, ${IMAGES} images each: the largest difference of a score is ${worst.toExponential(1)}`,
    );
  });

  test('in a browser', { skip: browserLacks }, async (t) => {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ path: createRequire(import.meta.url).resolve('@tensorflow/tfjs/dist/tf.min.js') });
      let worst = 0;
      for (const { name, manifest, url, scores } of all) {
        const given = { url, values: [...inputs(manifest)], shape: [IMAGES, ...shapeOf(manifest)] };
        const output = await page.evaluate(async ({ url, values, shape }) => {
          const { tf } = globalThis as unknown as { tf: typeof import('@tensorflow/tfjs') };
          await tf.setBackend('cpu');
          const model = await tf.loadLayersModel(url);
          const answer = model.predict(tf.tensor(values, shape)) as import('@tensorflow/tfjs').Tensor;
          return [...(await answer.data())];
        }, given);
        worst = Math.max(worst, compare(name, scores, output));
      }
      t.diagnostic(
        `${all.length / 2} releases at two addresses in Chromium ${browser.version()}: the largest difference is ${worst.toExponential(1)}`,
      );
    } finally {
      await browser.close();
    }
  });
} else {
  test('tf.loadLayersModel on a real S3 server', { skip: S3_MISSING }, () => {});
}

/** Releases by model name. */
async function releases() {
  const withNormalization = defineArchitecture(
    'with-normalization',
    [16, 16, 3],
    [
      { className: 'Conv2D', config: { filters: 8, kernelSize: [3, 3], padding: 'same', useBias: false } },
      { className: 'BatchNormalization' },
      { className: 'Activation', config: { activation: 'relu' } },
      { className: 'MaxPooling2D' },
      { className: 'Flatten' },
      { className: 'Dense', config: { units: 10, activation: 'softmax' } },
    ],
  );
  const kinds = { plain: architectures.get('cifar10-small')!, normalized: withNormalization };
  const made = [];
  for (const [kind, architecture] of Object.entries(kinds)) {
    for (const dtype of quantizationTypes) {
      for (const [form, shardBytes] of [
        ['whole', undefined],
        ['sharded', 700],
      ] as const) {
        const release = await testRelease({
          architecture,
          store: (weights) => quantizeWeights(weights, dtype),
          change: { quantization: dtype },
          ...(shardBytes === undefined ? {} : { shardBytes }),
        });
        made.push([`${kind}-${dtype}-${form}`, { ...release, version: release.manifest.version }] as const);
      }
    }
  }
  const starter = await readReleaseFolder(await starterFolder());
  made.push(['starter', { ...starter, version: starter.manifest.version }] as const);
  return made;
}

function shapeOf({ input: { height, width, channels } }: Manifest): [number, number, number] {
  return [height, width, channels];
}

/** Pseudo-random pixels in the model's input size; the same on every run. */
function images(manifest: Manifest): Uint8Array[] {
  const length = elements(shapeOf(manifest));
  return Array.from({ length: IMAGES }, (_, image) =>
    Uint8Array.from({ length }, (_, i) => (i * 7919 + image * 104_729 + Math.floor(i / 96) * 31) % 256),
  );
}

/** The input contract, implemented independently: value / 255, then normalized. */
function inputs(manifest: Manifest): Float32Array {
  const { channels, mean, standardDeviation } = manifest.input;
  return Float32Array.from(
    images(manifest).flatMap((bytes) =>
      [...bytes].map((byte, i) => (byte / 255 - mean[i % channels]!) / standardDeviation[i % channels]!),
    ),
  );
}

/** @returns the scores in the order of the labels */
async function classify({ worker }: Stage, model: string, image: Uint8Array): Promise<number[]> {
  const query = `?model=${model}&top_k=10`;
  const { status, json } = await worker.classify(Uint8Array.from(image), {
    query,
    type: 'application/vnd.glimpse.rgb8',
  });
  assert.equal(status, 200, `${model}: ${JSON.stringify(json)}`);
  const scores: number[] = [];
  for (const { index, score } of json.predictions) scores[index] = score;
  return scores;
}

/** @returns the largest difference */
function compare(name: string, scores: readonly number[][], others: readonly number[]): number {
  const differences = scores.flat().map((score, i) => Math.abs(score - others[i]!));
  const worst = Math.max(...differences);
  assert.equal(others.length, IMAGES * 10);
  assert.ok(worst < TOLERANCE, `${name} differs by ${worst}`);
  // Constant answers would agree as well.
  assert.ok(new Set(others.map((value) => value.toFixed(4))).size > 3, `${name} answers with constant scores`);
  return worst;
}

/** Lets anyone read, from any web page. */
async function makePublic({ endpoint, accessKeyId, secretAccessKey }: S3Server): Promise<void> {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  const statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: ['s3:GetObject'],
    Resource: [`arn:aws:s3:::${BUCKET}/*`],
  };
  const policy = { Version: '2012-10-17', Statement: [statement] };
  await client.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: JSON.stringify(policy) }));
  const rules = [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'], AllowedHeaders: ['*'] }];
  await client.send(new PutBucketCorsCommand({ Bucket: BUCKET, CORSConfiguration: { CORSRules: rules } }));
  client.destroy();
}
