/** The training kernels composed from tfjs operations that the WASM backend has. */
import {
  add,
  cast,
  customGrad,
  image,
  keep,
  logSumExp,
  matMul,
  maxPool,
  mul,
  ones,
  relu,
  reshape,
  rsqrt,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor,
  conv2d as tfjsConv2d,
} from '@tensorflow/tfjs-core';
import { randomStream, uniform } from '../random.ts';
import type { TrainingKernels } from '../training-kernels.ts';
import type { Variable } from '../variable.ts';

export const wasmKernels: TrainingKernels = {
  upload: (values, shape) =>
    values instanceof Float32Array
      ? tensor(values, [...shape], 'float32')
      : tensor(Int32Array.from(values), [...shape], 'int32'),
  toFloat: (uploaded) => cast(uploaded, 'float32'),
  conv2d: (x, kernel, { strides, padding }) =>
    tfjsConv2d(x as Tensor4D, kernel as Tensor4D, [...strides] as [number, number], padding),
  biasAdd: (x, bias) =>
    customGrad((x, bias) => ({
      value: add(x as Tensor, bias as Tensor),
      gradFunc: (dy: Tensor) => [dy.clone(), columnSums(dy)],
    }))(x, bias),
  relu,
  maxPool: (x, size, { strides, padding }) =>
    maxPool(x as Tensor4D, [...size] as [number, number], [...strides] as [number, number], padding),
  matMul: (x, kernel) => matMul(x as Tensor2D, kernel as Tensor2D),

  batchNormalize(x, gamma, beta, epsilon) {
    const channels = x.shape.at(-1)!;
    const rows = reshape(x, [-1, channels]);
    const count = rows.shape[0]!;
    let statistics: [mean: Tensor, variance: Tensor] | undefined;
    const y = customGrad((...inputs: unknown[]) => {
      const [rows, gamma, beta, save] = inputs as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
      const mean = mul(columnSums(rows), 1 / count);
      const centered = sub(rows, mean);
      const variance = mul(columnSums(square(centered)), 1 / count);
      const scale = rsqrt(add(variance, epsilon));
      const normalized = mul(centered, scale);
      // Without `keep`, they would be disposed of after the forward pass.
      statistics = [keep(mean), keep(variance)];
      save([normalized, scale, gamma]);
      return {
        value: add(mul(normalized, gamma), beta),
        // Ioffe and Szegedy 2015, section 3, rearranged into sums over the batch.
        gradFunc: (dy: Tensor, saved: Tensor[]) => {
          const [normalized, scale, gamma] = saved as [Tensor, Tensor, Tensor];
          const sumOfDy = columnSums(dy);
          const sumOfProducts = columnSums(mul(dy, normalized));
          const shared = add(sumOfDy, mul(normalized, sumOfProducts));
          return [mul(sub(dy, mul(shared, 1 / count)), mul(gamma, scale)), sumOfProducts, sumOfDy];
        },
      };
    })(rows, gamma, beta);
    const [mean, variance] = statistics!.map((kept) => kept.clone()) as [Tensor, Tensor];
    for (const kept of statistics!) kept.dispose();
    return { y: reshape(y, x.shape), mean, variance };
  },

  softmaxCrossEntropy: (logits, targets) =>
    customGrad((...inputs: unknown[]) => {
      const [logits, save] = inputs as [Tensor, (tensors: Tensor[]) => void];
      save([logits, targets]);
      // -Σ target · (logit - log Σ exp) = log Σ exp - Σ target · logit, because the targets sum to 1.
      return {
        value: sub(logSumExp(logits, 1), sum(mul(logits, targets), 1)),
        gradFunc: (dy: Tensor, [logits, targets]: Tensor[]) =>
          mul(sub(softmax(logits!), targets!), reshape(dy, [-1, 1])),
      };
    })(logits),

  uniform(shape, key, stream) {
    const [seed, step] = key.dataSync();
    const random = randomStream(seed! >>> 0, `${stream}/${step}`);
    const length = shape.reduce((product, size) => product * size, 1);
    return tensor(
      Float32Array.from({ length }, () => Math.fround(uniform(random))),
      [...shape],
    );
  },

  transform: (x, transforms, size) =>
    image.transform(x as Tensor4D, transforms as Tensor2D, 'nearest', 'constant', 0, [...size] as [number, number]),
  variable: (values, shape) => new TensorVariable(values, shape),
  fusedUpdates: {},
};

/** [..., channels] → [channels], as a product with ones: many times faster in this backend than `sum`. */
function columnSums(x: Tensor): Tensor {
  const rows = reshape(x, [-1, x.shape.at(-1)!]) as Tensor2D;
  return reshape(matMul(ones([1, rows.shape[0]]), rows), [-1]);
}

class TensorVariable implements Variable {
  readonly shape: readonly number[];
  #value: Tensor;

  constructor(values: Float32Array, shape: readonly number[]) {
    this.shape = shape;
    this.#value = keep(tensor(values.slice(), [...shape], 'float32'));
  }

  read(): Tensor {
    return this.#value.clone();
  }

  assign(value: Tensor): void {
    const before = this.#value;
    this.#value = keep(value.clone());
    before.dispose();
  }

  values(): Float32Array {
    return (this.#value.dataSync() as Float32Array).slice();
  }

  restore(values: Float32Array): void {
    const value = tensor(values.slice(), [...this.shape], 'float32');
    this.assign(value);
    value.dispose();
  }

  dispose(): void {
    this.#value.dispose();
  }
}
