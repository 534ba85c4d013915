/** All that a report says, as plain data: read from the run, and measured on its test set. */
import { networkSize } from '@glimpse/shared/model/network/architecture';
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import type { Metrics } from '@glimpse/shared/release/manifest';
import type { DataSet } from '../data/data-set.ts';
import { countClasses } from '../data/image-set.ts';
import { fitTemperature, type Reliability, reliability } from '../evaluate/calibration.ts';
import { type Confusion, confusionOf } from '../evaluate/confusion.ts';
import { measureTrained } from '../evaluate/measure-network.ts';
import { confidentMistakes, type Mistake } from '../evaluate/mistakes.ts';
import type { History } from '../fit/history.ts';
import { quantizationTypes } from '../quantize/quantize-weights.ts';
import type { Environment, Outcome, RunConfig, RunFolder } from '../run/run-folder.ts';
import { assertScorePerLabel } from '../run/score-per-label.ts';
import { imageUri } from './image-uri.ts';
import { floatBytes, measureQuantized, type NotQuantized, type QuantizedMeasurement } from './measure-quantized.ts';

export interface ReportContent {
  readonly id: string;
  readonly config: RunConfig;
  readonly environment: Environment;
  /** Undefined for a run that has not ended. */
  readonly outcome: Outcome | undefined;
  readonly history: History;
  /** Epochs behind the weights that were measured. */
  readonly epochs: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Of the model's files with float32 weights. */
  readonly bytes: number;
  /** Of the float32 weights on the test set. */
  readonly metrics: Metrics;
  readonly confusion: Confusion;
  readonly reliability: Reliability;
  readonly temperature: number;
  readonly mistakes: readonly ShownMistake[];
  readonly quantized: readonly (QuantizedMeasurement | NotQuantized)[];
  /** Images of each class by part; `validation` is undefined where it is the test set. */
  readonly counts: { readonly train: number[]; readonly validation: number[] | undefined; readonly test: number[] };
}

export interface ShownMistake extends Mistake {
  /** The image as a PNG in a `data:` address. */
  readonly uri: string;
  /** Its file, where the data set knows one. */
  readonly path: string | undefined;
}

export interface GatherOptions {
  /** Called while images are classified; `what` names the type of the weights. */
  onProgress?(what: string, done: number, correct: number): void;
  /** The file that an image of the test set came from. */
  pathOf?(image: number): string | undefined;
}

const MISTAKES_SHOWN = 24;

/**
 * Takes about 1.5 ms a test image and type of weights for the tutorial's network; nothing is kept between calls.
 *
 * @param data that the run was trained on
 * @throws {TrainingError} `run-invalid` when the run holds no checkpoint or its records are damaged
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
    confusion: confusionOf(float.probabilities, truth, classes),
    reliability: reliability(float.probabilities, truth, classes),
    temperature: fitTemperature(float.probabilities, truth, classes),
    mistakes: await Promise.all(
      confidentMistakes(float.probabilities, truth, classes, MISTAKES_SHOWN).map(async (mistake) => ({
        ...mistake,
        uri: await imageUri(test.take([mistake.image]).pixels, config.input),
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
