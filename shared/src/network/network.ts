/**
 * The network runner: a layers model executed as a few fused tfjs operations. The Worker, `glimpse evaluate` and
 * `glimpse quantize` all classify with it, on the same backend, so they give the same numbers.
 */
import { memory, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { type Architecture, elements, place, weightName } from './architecture.ts';
import { fuse } from './fuse.ts';
import { kindOf, type Layer } from './layers/table.ts';
import { type ModelFile, readWeights, type Weights } from './model-file.ts';
import { NetworkError } from './network-error.ts';

export class Network {
  readonly #steps: readonly { layer: Layer; weights: readonly Tensor[] }[];
  readonly architecture: Architecture;
  /** Length of one picture's output: the number of classes. */
  readonly outputs: number;

  /** Uploads the weights to the current tfjs backend; `dispose` frees them. */
  constructor(architecture: Architecture, weights: Weights) {
    const placed = new Map(place(architecture).map((entry) => [entry.layer.config.name, entry]));
    this.architecture = architecture;
    this.outputs = elements([...placed.values()].at(-1)!.outputShape);
    this.#steps = fuse(architecture.layers).map((layer) => ({
      layer,
      weights: placed.get(layer.config.name)!.weights.map((spec) => {
        const name = weightName(layer, spec);
        const weight = weights.get(name);
        if (!weight) throw new NetworkError('network-invalid', `The weight "${name}" is missing`);
        return tensor(weight.values, [...spec.shape], 'float32');
      }),
    }));
  }

  static fromFiles(model: ModelFile, files: ReadonlyMap<string, Uint8Array>): Network {
    return new Network(model.architecture, readWeights(model, files));
  }

  /**
   * @param values [n, ...input shape], normalised
   * @returns [n, outputs]: a probability for each class where the network ends in softmax
   * @throws {RangeError} when the length is no multiple of one input's
   */
  predict(values: Float32Array): Float32Array {
    const { inputShape } = this.architecture;
    const size = elements(inputShape);
    if (values.length === 0 || values.length % size !== 0) {
      throw new RangeError(`${values.length} values are not a whole number of inputs of ${size}`);
    }
    return tidy(() => {
      let x = tensor(values, [values.length / size, ...inputShape], 'float32');
      for (const { layer, weights } of this.#steps) x = kindOf(layer).apply(layer.config, x, weights);
      // The WASM and CPU backends compute at once; nothing is left to wait for.
      return x.dataSync() as Float32Array;
    });
  }

  dispose(): void {
    for (const { weights } of this.#steps) for (const weight of weights) weight.dispose();
  }

  /** Tensors alive in the whole backend: a leak shows as a number that grows from one prediction to the next. */
  static get tensors(): number {
    return memory().numTensors;
  }
}
