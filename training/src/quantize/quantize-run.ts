/** A finished run → a release: quantized, measured before and after, and refused where quantization costs too much. */
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
  /** Most percentage points of accuracy that quantization may cost; a single image may always be lost. */
  readonly maxDrop: number;
  /** The name that the release proposes for itself; publishing may choose another. */
  readonly model: string;
  /** Most bytes of a weight file; absent: all in one. */
  readonly shardBytes?: number;
  onProgress(what: 'float' | QuantizationType, done: number, correct: number): void;
}

/**
 * Writes the run's `release/` folder.
 *
 * @throws {TrainingError} `accuracy-drop` when the drop is above `maxDrop` (nothing is written); `run-invalid` when the
 * run has not finished, or its network has another number of outputs than there are labels
 */
export async function quantizeRun(run: RunFolder, data: DataSet, options: QuantizeOptions): Promise<Manifest> {
  const outcome = await run.outcome();
  if (outcome.status !== 'finished' && outcome.status !== 'early') {
    throw new TrainingError(
      'run-invalid',
      `The run ${run.path} ${outcome.status}${outcome.reason ? ` (${outcome.reason})` : ''}; only a finished run becomes a release.`,
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

/** Where the images lie is nobody's business but the run's. */
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
  // One image more or less says nothing, whatever share of a small test set it is.
  if (drop <= maxDrop || float.correct - quantized.correct <= 1) return;
  throw new TrainingError(
    'accuracy-drop',
    `${dtype} costs ${drop.toFixed(2)} points of accuracy (${percent(float)} → ${percent(quantized)}), more than the ${maxDrop} ` +
      'allowed. Nothing was written. Take --dtype uint16 or float16, or allow more with --max-drop.',
  );
}

function percent({ accuracy }: Metrics): string {
  return `${(accuracy * 100).toFixed(2)} %`;
}
