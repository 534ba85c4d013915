/** Everything a report shows, as plain data: read from the run, and measured on its test set. */
import type { InputContract } from '@glimpse/shared/image/input-contract';
import { networkSize } from '@glimpse/shared/model/network/architecture';
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import type { Metrics } from '@glimpse/shared/release/manifest';
import sharp from 'sharp';
import type { DataSet } from '../data/data-set.ts';
import { type Classes, countClasses } from '../data/image-set.ts';
import { fitTemperature, type Reliability, reliability } from '../evaluate/calibration.ts';
import { type Confusion, confidentMistakes, confusionOf, type Mistake } from '../evaluate/confusion.ts';
import { measureTrained } from '../evaluate/evaluate.ts';
import type { History } from '../fit/history.ts';
import { quantizationTypes } from '../quantize/quantize-weights.ts';
import type { Environment, Outcome, RunConfig, RunFolder } from '../run/run-folder.ts';
import { assertScorePerLabel } from '../run/score-per-label.ts';
import { floatBytes, measureQuantized, type NotQuantized, type QuantizedMeasurement } from './measure-quantized.ts';

export interface ReportContent {
  readonly id: string;
  readonly config: RunConfig;
  readonly environment: Environment;
  /** Undefined while the run has not ended. */
  readonly outcome: Outcome | undefined;
  readonly history: History;
  /** Epochs after which the measured weights were saved. */
  readonly epochs: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Size of the model's files with float32 weights. */
  readonly bytes: number;
  /** Measured with the float32 weights on the test set, as the rest below. */
  readonly metrics: Metrics;
  /** [test images, classes], as the Worker would answer. */
  readonly probabilities: Float32Array;
  /** The true class of each test image. */
  readonly truth: Classes;
  readonly confusion: Confusion;
  readonly reliability: Reliability;
  readonly temperature: number;
  readonly mistakes: readonly ShownMistake[];
  readonly quantized: readonly (QuantizedMeasurement | NotQuantized)[];
  /** Number of images of each class by part; `validation` is undefined if it is the test set. */
  readonly counts: { readonly train: number[]; readonly validation: number[] | undefined; readonly test: number[] };
}

export interface ShownMistake extends Mistake {
  /** The image as a PNG in a `data:` URI. */
  readonly uri: string;
  /** The file that it came from, if known. */
  readonly path: string | undefined;
}

export interface GatherOptions {
  /** Called while images are classified; `what` is the type of the weights. */
  onProgress?(what: string, done: number, correct: number): void;
  /** The file that a test image came from. */
  pathOf?(image: number): string | undefined;
}

const MISTAKES_SHOWN = 24;

/**
 * Takes about 1.5 ms per test image and weight type for the tutorial's network. Nothing is cached between calls.
 *
 * @param data the data set that the run was trained on
 * @throws {TrainingError} `run-invalid` if the run has no checkpoint or its records are damaged
 */
export async function gatherContent(
  run: RunFolder,
  data: DataSet,
  options: GatherOptions = {},
): Promise<ReportContent> {
  const { config } = run;
  const { weights, position } = await run.resultCheckpoint();
  assertScorePerLabel(config);
  const history = await run.history();
  const environment = await run.environment();
  const outcome = run.ended ? await run.outcome() : undefined;
  await useWasmBackend();
  const { test } = data;
  const truth = test.classes;
  const classes = config.labels.length;
  const trained = { architecture: config.architecture, input: config.input, weights };
  const progressOf = (what: string) => (done: number, correct: number) => options.onProgress?.(what, done, correct);
  const float = measureTrained(trained, test, progressOf('float32'));
  const { parameters, multiplyAdds } = networkSize(config.architecture);
  return {
    id: run.id,
    config,
    environment,
    outcome,
    history,
    epochs: position.epoch,
    parameters,
    multiplyAdds,
    bytes: floatBytes(trained),
    metrics: float.metrics,
    probabilities: float.probabilities,
    truth,
    confusion: confusionOf(float.probabilities, truth, classes),
    reliability: reliability(float.probabilities, truth, classes),
    temperature: fitTemperature(float.probabilities, truth, classes),
    mistakes: await Promise.all(
      confidentMistakes(float.probabilities, truth, classes, MISTAKES_SHOWN).map(async (mistake) => ({
        ...mistake,
        uri: await pngDataUri(test.take([mistake.image]).pixels, config.input),
        path: options.pathOf?.(mistake.image),
      })),
    ),
    quantized: quantizationTypes.map((dtype) => measureQuantized(trained, dtype, test, float, progressOf(dtype))),
    counts: {
      train: countClasses(data.train.classes, classes),
      validation: data.validation === data.test ? undefined : countClasses(data.validation.classes, classes),
      test: countClasses(truth, classes),
    },
  };
}

/** Twice the size at which the report shows an image; more would only enlarge the file. */
const MAX_SIDE = 192;

/** @param pixels [height, width, channels], 0-255 */
async function pngDataUri(
  pixels: Uint8Array,
  { height, width, channels }: Pick<InputContract, 'height' | 'width' | 'channels'>,
): Promise<string> {
  const png = await sharp(pixels, { raw: { height, width, channels } })
    .resize(MAX_SIDE, MAX_SIDE, { fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
