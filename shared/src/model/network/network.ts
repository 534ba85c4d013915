/**
 * The network runner: executes a layers model as a few fused tfjs operations. The Worker, `glimpse evaluate` and
 * `glimpse quantize` all use it, on the same backend, so their results are identical.
 */
import { memory, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { kindOf } from '../layers/table.ts';
import { type Architecture, elements, inferShapes, weightName } from './architecture.ts';
import { foldBatchNormalization, normalizeByConvolution } from './fold-batch-normalization.ts';
import { dropIdentities, fuseActivations, type Plan, type PlanStep } from './fuse.ts';
import { type ModelFile, readWeights, type Weights } from './model-file.ts';
import { NetworkError } from './network-error.ts';
import { INPUT } from './wiring.ts';

interface LoadedStep extends Omit<PlanStep, 'weights'> {
  readonly weights: readonly Tensor[];
  /** Names of the inputs that no later step reads. */
  readonly lastUseOf: readonly string[];
}

export class Network {
  readonly #steps: readonly LoadedStep[];
  readonly #output: string;
  readonly architecture: Architecture;
  /** Values per image: the number of classes. */
  readonly outputs: number;

  /** Uploads the weights to the current tfjs backend; `dispose` frees them. */
  constructor(architecture: Architecture, weights: Weights) {
    const { steps, output } = planInference(architecture, weights);
    this.architecture = architecture;
    this.outputs = elements(inferShapes(architecture).at(-1)!.outputShape);
    this.#output = output;
    this.#steps = steps.map(({ layer, inputs, weights }, index) => ({
      layer,
      inputs,
      weights: weights.map(({ values, shape }) => tensor(values, [...shape], 'float32')),
      lastUseOf: inputs.filter((name) => !steps.slice(index + 1).some((later) => later.inputs.includes(name))),
    }));
  }

  static fromFiles(model: ModelFile, files: ReadonlyMap<string, Uint8Array>): Network {
    return new Network(model.architecture, readWeights(model, files));
  }

  /**
   * @param values [n, ...input shape], normalized
   * @returns [n, outputs]: a probability per class if the network ends in softmax
   * @throws {RangeError} if the length is not a multiple of the input size
   */
  predict(values: Float32Array): Float32Array {
    const { inputShape } = this.architecture;
    const size = elements(inputShape);
    if (values.length === 0 || values.length % size !== 0) {
      throw new RangeError(`Got ${values.length} values, which is not a multiple of the input size, ${size}`);
    }
    return tidy(() => {
      const outputs = new Map<string, Tensor>();
      outputs.set(INPUT, tensor(values, [values.length / size, ...inputShape], 'float32'));
      for (const { layer, inputs, weights, lastUseOf } of this.#steps) {
        const inputTensors = inputs.map((name) => outputs.get(name)!);
        outputs.set(
          layer.config.name,
          tidy(() => kindOf(layer).apply(layer.config, inputTensors, weights)),
        );
        for (const name of lastUseOf) outputs.get(name)!.dispose();
      }
      // The WASM and CPU backends compute synchronously, so `dataSync` does not block.
      return outputs.get(this.#output)!.dataSync() as Float32Array;
    });
  }

  dispose(): void {
    for (const { weights } of this.#steps) for (const weight of weights) weight.dispose();
  }

  /** Tensors alive in the whole backend. If it grows with each prediction, something leaks. */
  static get tensors(): number {
    return memory().numTensors;
  }
}

/** @throws {NetworkError} `network-invalid` if a weight is missing */
function planInference(architecture: Architecture, weights: Weights): Plan {
  const shaped = inferShapes(architecture);
  const steps = shaped.map(({ layer, inputs, weights: specs }) => ({
    layer,
    inputs,
    weights: specs.map((spec) => {
      const name = weightName(layer, spec);
      const weight = weights.get(name);
      if (!weight) throw new NetworkError('network-invalid', `The weight "${name}" is missing`);
      return { shape: spec.shape, values: weight.values };
    }),
  }));
  const ranks = new Map(shaped.map(({ layer, outputShape }) => [layer.config.name, outputShape.length]));
  const plan = dropIdentities({ steps, output: shaped.at(-1)!.layer.config.name });
  return fuseActivations(normalizeByConvolution(foldBatchNormalization(plan), (name) => ranks.get(name)!));
}
