/** Makes a release from a finished run: quantizes the weights and rejects the result if it loses too much accuracy. */
import { networkSize } from '@glimpse/shared/model/network/architecture';
import { type Weights, writeModelFile } from '@glimpse/shared/model/network/model-file';
import { shard } from '@glimpse/shared/model/network/shards';
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import { Classifier } from '@glimpse/shared/release/classifier';
import { listFiles } from '@glimpse/shared/release/files';
import { FORMAT_VERSION, type Manifest, type Metrics } from '@glimpse/shared/release/manifest';
import { minimumRunner } from '@glimpse/shared/release/minimum-runner';
import { versionOf } from '@glimpse/shared/release/version';
import type { DataRecord } from '../data/data-record.ts';
import type { DataSet } from '../data/data-set.ts';
import { measureClassifier, measureTrained } from '../evaluate/evaluate.ts';
import { type Release, writeReleaseFolder } from '../publish/release-folder.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { assertScorePerLabel } from '../run/score-per-label.ts';
import { TrainingError } from '../training-error.ts';
import { type QuantizationType, quantizeWeights } from './quantize-weights.ts';

export interface QuantizeOptions {
  readonly dtype: QuantizationType;
  /** Maximum loss of accuracy in percentage points. One lost image is always allowed. */
  readonly maxDrop: number;
  /** The model name in the release. Publishing may use another. */
  readonly model: string;
  /** Maximum size of a weight file. Default: one file. */
  readonly shardBytes?: number;
  onProgress(what: 'float' | QuantizationType, done: number, correct: number): void;
}

/**
 * Writes the run's `release/` folder.
 *
 * @throws {TrainingError} `accuracy-drop` if the loss of accuracy is above `maxDrop` (nothing is written); `run-invalid` if
 * the run has not finished, or the number of outputs differs from the number of labels
 */
export async function quantizeRun(run: RunFolder, data: DataSet, options: QuantizeOptions): Promise<Manifest> {
  const outcome = await run.outcome();
  if (outcome.status !== 'finished' && outcome.status !== 'early') {
    throw new TrainingError(
      'run-invalid',
      `The run ${run.path} ${outcome.status}${outcome.reason ? ` (${outcome.reason})` : ''}. Only a finished run can become a release.`,
    );
  }
  assertScorePerLabel(run.config);
  const environment = await run.environment();
  const { weights, position } = await run.resultCheckpoint();
  const { config } = run;

  await useWasmBackend();
  const classes = config.labels.length;
  const progressOf = (what: 'float' | QuantizationType) => (done: number, correct: number) =>
    options.onProgress(what, done, correct);
  const { metrics: float } = measureTrained({ ...config, weights }, data.test, progressOf('float'));
  const files = quantizedFiles(run, weights, options);
  const content = { files: await listFiles(files), labels: [...config.labels], input: config.input };
  const manifest: Manifest = {
    formatVersion: FORMAT_VERSION,
    minimumRunner: minimumRunner(config.architecture),
    model: options.model,
    version: await versionOf(content, outcome.endedAt),
    ...content,
    architecture: { name: config.architecture.name, ...sizeOf(run) },
    data: publicRecord(config.data),
    run: {
      id: run.id,
      command: config.command,
      seed: config.settings.seed,
      epochs: position.epoch,
      engine: environment.engine,
      revision: environment.revision,
      startedAt: config.startedAt,
      endedAt: outcome.endedAt,
    },
    quantization: options.dtype,
    metrics: { float, quantized: float },
  };
  const classifier = Classifier.fromRelease(manifest, files);
  const { metrics: quantized } = measureClassifier(classifier, data.test, classes, progressOf(options.dtype));
  assertDrop(float, quantized, options);
  const release: Release = { manifest: { ...manifest, metrics: { float, quantized } }, files };
  await writeReleaseFolder(run.releasePath, release);
  return release.manifest;
}

/** Omits the path of the images, which is private. */
function publicRecord({ name, fingerprint, train, test }: DataRecord): Manifest['data'] {
  return { name, fingerprint, train, test };
}

function quantizedFiles(run: RunFolder, weights: Weights, { dtype, shardBytes }: QuantizeOptions) {
  const whole = writeModelFile(run.config.architecture, quantizeWeights(weights, dtype));
  const { modelJson, weightFiles } = shard(whole, shardBytes ?? Number.POSITIVE_INFINITY);
  return new Map([['model.json', new TextEncoder().encode(modelJson)], ...weightFiles]);
}

function sizeOf(run: RunFolder): { parameters: number; multiplyAdds: number } {
  const { parameters, multiplyAdds } = networkSize(run.config.architecture);
  return { parameters, multiplyAdds };
}

function assertDrop(float: Metrics, quantized: Metrics, { dtype, maxDrop }: QuantizeOptions): void {
  const drop = (float.accuracy - quantized.accuracy) * 100;
  // One image is not significant, even if it is a large share of a small test set.
  if (drop <= maxDrop || float.correct - quantized.correct <= 1) return;
  throw new TrainingError(
    'accuracy-drop',
    `${dtype} costs ${drop.toFixed(2)} points of accuracy (${percent(float)} → ${percent(quantized)}), more than the ${maxDrop} ` +
      'allowed. Nothing was written. Use --dtype uint16 or float16, or raise --max-drop.',
  );
}

function percent({ accuracy }: Metrics): string {
  return `${(accuracy * 100).toFixed(2)}%`;
}
