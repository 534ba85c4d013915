/** The training kernels as TensorFlow operations, each with TensorFlow's own gradient operation. */
import { createHash } from 'node:crypto';
import { customGrad, keep, mul, reshape, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Sliding, TrainingKernels } from '../training-kernels.ts';
import { type Attribute, attribute, op, run, tensorFlow, typeNumber } from './binding.ts';
import { fusedUpdates } from './fused-updates.ts';
import { record } from './record.ts';
import { ResourceVariable } from './resource-variable.ts';

const T = () => attribute.type('T');
const channelsLast = () => attribute.string('data_format', 'NHWC');
const ints = (values: readonly number[]) => tensor([...values], [values.length], 'int32');

/** Saves tensors for the gradient. Tensors that are not saved are disposed of after the forward pass. */
type Save = (tensors: Tensor[]) => void;
const differentiable = (f: unknown) => customGrad(f as never) as (...inputs: Tensor[]) => Tensor;

export const tensorFlowKernels: TrainingKernels = {
  upload(values, shape) {
    const { binding, createOutputTensor } = tensorFlow();
    if (values instanceof Float32Array) return tensor(values, [...shape], 'float32');
    const id = binding.createTensor(shape, binding.TF_UINT8, values);
    return createOutputTensor.call(tensorFlow(), { id, shape: [...shape], dtype: binding.TF_UINT8 });
  },

  toFloat(uploaded) {
    if (uploaded.dtype === 'float32') return uploaded;
    // tfjs treats uint8 as int32, so its own cast would read the wrong type.
    const from: Attribute = { ...attribute.type('SrcT'), value: typeNumber('uint8') };
    return op('Cast', [from, attribute.type('DstT'), attribute.bool('Truncate', false)], [uploaded]);
  },

  conv2d(x, kernel, sliding, isFirst) {
    const attributes = convolution(sliding);
    const forward = (x: Tensor, kernel: Tensor) => op('Conv2D', attributes, [x, kernel]);
    const kernelGradient = (x: Tensor, kernel: Tensor, dy: Tensor) =>
      op('Conv2DBackpropFilter', attributes, [x, ints(kernel.shape), dy]);
    if (isFirst) {
      return differentiable((kernel: Tensor, save: Save) => {
        save([x, kernel]);
        return {
          value: forward(x, kernel),
          gradFunc: (dy: Tensor, [x, kernel]: [Tensor, Tensor]) => kernelGradient(x, kernel, dy),
        };
      })(kernel);
    }
    return differentiable((x: Tensor, kernel: Tensor, save: Save) => {
      save([x, kernel]);
      return {
        value: forward(x, kernel),
        gradFunc: (dy: Tensor, [x, kernel]: [Tensor, Tensor]) => [
          op('Conv2DBackpropInput', attributes, [ints(x.shape), kernel, dy]),
          kernelGradient(x, kernel, dy),
        ],
      };
    })(x, kernel);
  },

  biasAdd: (x, bias) =>
    differentiable((x: Tensor, bias: Tensor) => ({
      value: op('BiasAdd', [T(), channelsLast()], [x, bias]),
      gradFunc: (dy: Tensor) => {
        // Reshaped to rows so that a graph does not fuse this sum with the convolution's gradient. Fused, it would add in
        // another order, and a recorded step would no longer match an eager step bit for bit.
        const rows = reshape(dy, [-1, dy.shape.at(-1)!]);
        return [dy.clone(), op('BiasAddGrad', [T(), channelsLast()], [rows])];
      },
    }))(x, bias),

  relu: (x) =>
    differentiable((x: Tensor, save: Save) => {
      const y = op('Relu', [T()], [x]);
      save([y]);
      return { value: y, gradFunc: (dy: Tensor, [y]: [Tensor]) => op('ReluGrad', [T()], [dy, y]) };
    })(x),

  maxPool(x, size, sliding) {
    const attributes = [T(), attribute.int('ksize', [1, ...size, 1]), ...window(sliding)];
    return differentiable((x: Tensor, save: Save) => {
      const y = op('MaxPool', attributes, [x]);
      save([x, y]);
      return {
        value: y,
        gradFunc: (dy: Tensor, [x, y]: [Tensor, Tensor]) => op('MaxPoolGrad', attributes, [x, y, dy]),
      };
    })(x);
  },

  matMul: (x, kernel) =>
    differentiable((x: Tensor, kernel: Tensor, save: Save) => {
      save([x, kernel]);
      return {
        value: product(x, kernel, false, false),
        gradFunc: (dy: Tensor, [x, kernel]: [Tensor, Tensor]) => [
          product(dy, kernel, false, true),
          product(x, dy, true, false),
        ],
      };
    })(x, kernel),

  batchNormalize(x, gamma, beta, epsilon) {
    // The operation supports only rank 4.
    const image = x.rank === 4 ? x : reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]);
    const attributes = [
      T(),
      attribute.type('U'),
      attribute.float('epsilon', epsilon),
      channelsLast(),
      attribute.bool('is_training', true),
    ];
    let statistics: [mean: Tensor, variance: Tensor] | undefined;
    const y = differentiable((x: Tensor, gamma: Tensor, beta: Tensor, save: Save) => {
      const none = tensor([], [0], 'float32');
      const forward = [...attributes, attribute.float('exponential_avg_factor', 1)];
      const [y, mean, variance, ...kept] = run('FusedBatchNormV3', forward, [x, gamma, beta, none, none], 6);
      // Without `keep`, they would be disposed of after the forward pass.
      statistics = [keep(mean!), keep(variance!)];
      save([x, gamma, ...kept]);
      return {
        value: y!,
        gradFunc: (dy: Tensor, [x, gamma, ...kept]: [Tensor, Tensor, ...Tensor[]]) =>
          run('FusedBatchNormGradV3', attributes, [dy, x, gamma, ...kept], 5).slice(0, 3),
      };
    })(image, gamma, beta);
    // TensorFlow returns the unbiased variance (count - 1), but Keras uses the biased one (count).
    const count = image.size / image.shape[3]!;
    const [mean, variance] = [statistics![0].clone(), mul(statistics![1], (count - 1) / count)];
    for (const kept of statistics!) kept.dispose();
    return { y: reshape(y, x.shape), mean, variance };
  },

  softmaxCrossEntropy: (logits, targets) =>
    differentiable((logits: Tensor, save: Save) => {
      const [losses, gradient] = run('SoftmaxCrossEntropyWithLogits', [T()], [logits, targets], 2);
      save([gradient!]);
      return {
        value: losses!,
        gradFunc: (dy: Tensor, [gradient]: [Tensor]) => mul(gradient, reshape(dy, [-1, 1])),
      };
    })(logits),

  uniform(shape, key, stream) {
    const shift = createHash('sha256').update(stream).digest().readInt32LE(0);
    const seed = op('AddV2', [attribute.type('T', 'int32')], [key, ints([shift, 0])]);
    const attributes = [attribute.type('dtype'), attribute.type('T', 'int32'), attribute.type('Tseed', 'int32')];
    return op('StatelessRandomUniform', attributes, [ints(shape), seed]);
  },

  transform: (x, transforms, size) =>
    op(
      'ImageProjectiveTransformV3',
      [
        attribute.type('dtype'),
        attribute.string('interpolation', 'NEAREST'),
        attribute.string('fill_mode', 'CONSTANT'),
      ],
      [x, transforms, ints(size), tensor(0, [], 'float32')],
    ),

  variable: (values, shape) => new ResourceVariable(values, shape),
  fusedUpdates,
  record,
};

function convolution(sliding: Sliding): Attribute[] {
  return [
    ...[T(), ...window(sliding)],
    attribute.bool('use_cudnn_on_gpu', true),
    attribute.int('dilations', [1, 1, 1, 1]),
  ];
}

function window({ strides, padding }: Sliding): Attribute[] {
  return [
    attribute.int('strides', [1, ...strides, 1]),
    attribute.string('padding', padding.toUpperCase()),
    channelsLast(),
  ];
}

function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return op(
    'MatMul',
    [T(), attribute.bool('transpose_a', transposeA), attribute.bool('transpose_b', transposeB)],
    [a, b],
  );
}
