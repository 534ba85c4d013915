/**
 * Real Keras 3 as a function of weights and batches. One Python process handles all requests of a call. Starting it takes
 * seconds, so pass many requests at once.
 *
 *     import { keras3 } from '../python.ts';
 *     test('…', { skip: keras3.skip }, async () => {
 *       const [answer] = await kerasReference([{ kind: 'step', architecture, weights, x, y, loss }]);
 *       answer.gradients.get('conv2d/kernel').values
 *     });
 *
 * Weights, including moving statistics, have their names from model.json (`conv2d/kernel`). All numbers are float32.
 * Random layers would use Keras' random numbers, so omit them or set the Dropout rate to 0.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Architecture } from '@glimpse/shared/model/network/architecture';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import { writeTopology } from '@glimpse/shared/model/network/topology';
import { readSafetensors, writeSafetensors } from '@glimpse/training/files/safetensors';
import { keras3, runPython } from '../python.ts';

export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A class of keras.losses with its arguments: `{ className: 'CategoricalCrossentropy', config: { label_smoothing: 0.1 } }`. */
export interface KerasLoss {
  readonly className: 'CategoricalCrossentropy' | 'BinaryCrossentropy' | 'MeanSquaredError';
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A class of keras.optimizers with its arguments. Omitted arguments have Keras' defaults. */
export interface KerasOptimizer {
  readonly className: 'SGD' | 'RMSprop' | 'Adam' | 'AdamW';
  /** `{ learning_rate: 0.01, momentum: 0.9, nesterov: true, clipnorm: 1 }` */
  readonly config?: Readonly<Record<string, unknown>>;
}

interface ModelRequest {
  readonly architecture: Architecture;
  readonly weights: Weights;
}

/** Inference: batch normalization uses its moving statistics. */
export interface PredictRequest extends ModelRequest {
  readonly kind: 'predict';
  /** [n, ...input shape] */
  readonly x: Tensor;
}

/** One training pass without the optimizer: batch normalization uses the statistics of the batch. */
export interface StepRequest extends ModelRequest {
  readonly kind: 'step';
  readonly x: Tensor;
  /** [n, ...output shape]: one-hot classes, or targets */
  readonly y: Tensor;
  readonly loss: KerasLoss;
}

/** An optimizer alone, with given gradients. */
export interface OptimizeRequest {
  readonly kind: 'optimize';
  readonly weights: Weights;
  /** One map per step, by weight name. */
  readonly gradients: readonly Weights[];
  readonly optimizer: KerasOptimizer;
}

/** Training: `steps` steps that cycle through the batches. */
export interface FitRequest extends ModelRequest {
  readonly kind: 'fit';
  readonly batches: readonly { readonly x: Tensor; readonly y: Tensor }[];
  readonly steps: number;
  readonly loss: KerasLoss;
  readonly optimizer: KerasOptimizer;
}

export type KerasRequest = PredictRequest | StepRequest | OptimizeRequest | FitRequest;

export interface KerasAnswers {
  predict: { readonly outputs: Tensor };
  step: {
    /** In training mode. */
    readonly outputs: Tensor;
    /** The mean over the batch, without and with the regularizers. */
    readonly dataLoss: number;
    readonly loss: number;
    /** The gradient of `loss` for each trainable weight. */
    readonly gradients: Weights;
    /** The moving means and variances after the step. */
    readonly moving: Weights;
  };
  /** The weights after each step. */
  optimize: { readonly weights: readonly Weights[] };
  /** The loss of each step before its update, including regularizers, and the weights after the last step. */
  fit: { readonly losses: readonly number[]; readonly weights: Weights };
}

type AnswersOf<Requests extends readonly KerasRequest[]> = { [I in keyof Requests]: KerasAnswers[Requests[I]['kind']] };

/**
 * @returns the answers in the order of the requests
 * @throws {Error} if Keras 3 is not installed, or with Python's traceback if Keras fails
 */
export async function kerasReference<const Requests extends readonly KerasRequest[]>(
  requests: Requests,
): Promise<AnswersOf<Requests>> {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-keras-'));
  try {
    const tensors = new Map(requests.flatMap((request, index) => prefixed(index, tensorsOf(request))));
    await writeFile(join(folder, 'requests.json'), JSON.stringify(requests.map(optionsOf)));
    await writeFile(join(folder, 'requests.safetensors'), writeSafetensors(tensors, {}));
    await runPython(keras3, 'reference.py', [folder]);
    const answers = readSafetensors(await readFile(join(folder, 'answers.safetensors'))).tensors;
    return requests.map((request, index) => answerOf(request, under(index, answers))) as AnswersOf<Requests>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The parts of a request that are not tensors. */
function optionsOf(request: KerasRequest): object {
  switch (request.kind) {
    case 'predict':
      return { kind: 'predict', topology: writeTopology(request.architecture) };
    case 'step':
      return { kind: 'step', topology: writeTopology(request.architecture), loss: request.loss };
    case 'optimize':
      return { kind: 'optimize', steps: request.gradients.length, optimizer: request.optimizer };
    case 'fit': {
      const { kind, steps, loss, optimizer } = request;
      const batches = request.batches.length;
      return { kind, topology: writeTopology(request.architecture), batches, steps, loss, optimizer };
    }
  }
}

function tensorsOf(request: KerasRequest): Weights {
  const weights = prefixed('weights', request.weights);
  switch (request.kind) {
    case 'predict':
      return new Map([...weights, ['x', request.x]]);
    case 'step':
      return new Map([...weights, ['x', request.x], ['y', request.y]]);
    case 'optimize':
      return new Map([
        ...weights,
        ...request.gradients.flatMap((gradients, step) => prefixed(`gradients/${step}`, gradients)),
      ]);
    case 'fit':
      return new Map([
        ...weights,
        ...request.batches.map(({ x }, index) => [`x/${index}`, x] as const),
        ...request.batches.map(({ y }, index) => [`y/${index}`, y] as const),
      ]);
  }
}

function answerOf(request: KerasRequest, tensors: Weights): KerasAnswers[KerasRequest['kind']] {
  const number = (name: string) => tensors.get(name)!.values[0]!;
  switch (request.kind) {
    case 'predict':
      return { outputs: tensors.get('outputs')! };
    case 'step':
      return {
        outputs: tensors.get('outputs')!,
        dataLoss: number('dataLoss'),
        loss: number('loss'),
        gradients: under('gradients', tensors),
        moving: under('moving', tensors),
      };
    case 'optimize':
      return { weights: request.gradients.map((_, step) => under(`weights/${step}`, tensors)) };
    case 'fit':
      return { losses: [...tensors.get('losses')!.values], weights: under('weights', tensors) };
  }
}

function prefixed(prefix: string | number, tensors: Weights): [string, Tensor][] {
  return [...tensors].map(([name, value]) => [`${prefix}/${name}`, value]);
}

function under(prefix: string | number, tensors: Weights): Weights {
  return new Map(
    [...tensors].flatMap(([name, value]) =>
      name.startsWith(`${prefix}/`) ? [[name.slice(String(prefix).length + 1), value] as const] : [],
    ),
  );
}
