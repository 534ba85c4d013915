/**
 * Exports our network as an idiomatic ONNX file: channels first, without layout changes at run time. The weights of the
 * first dense layer are reordered, because Keras flattens with the channels last.
 */

import { batchNormalizationWeights } from '@glimpse/shared/model/layers/batch-normalization';
import type { Layer } from '@glimpse/shared/model/layers/table';
import { type Architecture, elements, inferShapes, weightName } from '@glimpse/shared/model/network/architecture';
import type { Activation, Shape } from '@glimpse/shared/model/network/layer';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import type { WeightSpec } from '@glimpse/shared/model/network/weight-spec';
import { attribute, encodeModel, FLOAT, type NodeProto, type TensorProto, valueInfo } from './onnx-schema.ts';

type Attributes = Record<string, number | string | readonly number[]>;

const activations: Record<Exclude<Activation, 'linear'>, string> = {
  relu: 'Relu',
  sigmoid: 'Sigmoid',
  softmax: 'Softmax',
};

/** @returns a model with the input [n, channels, height, width] `images` and the output [n, outputs] `scores` */
export function exportOnnx(architecture: Architecture, weights: Weights): Uint8Array<ArrayBuffer> {
  const node: NodeProto[] = [];
  const initializer: TensorProto[] = [];
  let value = 'images';

  const add = (opType: string, inputs: readonly string[], attributes: Attributes = {}) => {
    const output = `${opType.toLowerCase()}_${node.length}`;
    node.push({
      opType,
      input: [value, ...inputs],
      output: [output],
      attribute: Object.entries(attributes).map(([name, of]) => attribute(name, of)),
    });
    value = output;
  };
  const constant = (name: string, dims: readonly number[], values: Float32Array) => {
    initializer.push({ name, dims, dataType: FLOAT, rawData: new Uint8Array(values.slice().buffer) });
    return name;
  };
  const activate = (activation: Activation) => {
    // Axis 1 is the channels after a convolution, the classes after a dense layer.
    if (activation !== 'linear') add(activations[activation], [], activation === 'softmax' ? { axis: 1 } : {});
  };

  /** The shape before a Flatten, until the next dense layer has reordered its weights. */
  let flattened: Shape | undefined;

  for (const { layer, inputShapes, outputShape, weights: specs } of inferShapes(architecture)) {
    const [kernel, bias] = specs.map((spec) => ({ ...spec, full: weightName(layer, spec) }));
    const valuesOf = (name: string) => weights.get(name)!.values;
    const biasInput = () => (bias ? [constant(bias.full, bias.shape, valuesOf(bias.full))] : []);
    switch (layer.className) {
      case 'Conv2D': {
        const [height, width, inputs, outputs] = kernel!.shape as [number, number, number, number];
        const dims = [outputs, inputs, height, width];
        const w = constant(kernel!.full, dims, kernelToOihw(valuesOf(kernel!.full), kernel!.shape));
        add('Conv', [w, ...biasInput()], { strides: layer.config.strides, ...padding(layer) });
        activate(layer.config.activation);
        break;
      }
      case 'MaxPooling2D': {
        const { poolSize, strides } = layer.config;
        add('MaxPool', [], { kernel_shape: poolSize, strides: strides ?? poolSize, ...padding(layer) });
        break;
      }
      case 'Flatten':
        add('Flatten', [], { axis: 1 });
        if (inputShapes[0]!.length === 3) flattened = inputShapes[0];
        break;
      case 'Dense': {
        const stored = valuesOf(kernel!.full);
        const values = flattened ? rowsToChannelsFirst(stored, flattened, outputShape[0]!) : stored;
        flattened = undefined;
        add('Gemm', [constant(kernel!.full, kernel!.shape, values), ...biasInput()]);
        activate(layer.config.activation);
        break;
      }
      case 'Activation':
        activate(layer.config.activation);
        break;
      case 'BatchNormalization': {
        const { gamma, beta, mean, variance } = batchNormalizationWeights(layer.config, specs);
        const input = (spec: WeightSpec | undefined, otherwise: number) => {
          const full = `${layer.config.name}/${spec?.name ?? otherwise}`;
          return constant(full, mean.shape, spec ? valuesOf(full) : new Float32Array(mean.shape[0]!).fill(otherwise));
        };
        add('BatchNormalization', [input(gamma, 1), input(beta, 0), input(mean, 0), input(variance, 1)], {
          epsilon: layer.config.epsilon,
        });
        break;
      }
      case 'GlobalAveragePooling2D':
        add('GlobalAveragePool', []);
        add('Flatten', [], { axis: 1 });
        break;
      case 'Dropout':
        break;
      default:
        throw new Error(`The ONNX export does not support the layer ${layer.className}.`);
    }
  }
  if (flattened || node.length === 0) throw new Error('The ONNX export wants a network that ends in a dense layer.');

  const [height, width, channels] = architecture.inputShape as [number, number, number];
  const outputs = inferShapes(architecture).at(-1)!.outputShape;
  node.push({ ...node.pop()!, output: ['scores'] });
  return encodeModel({
    name: architecture.name,
    node,
    initializer,
    input: [valueInfo('images', ['n', channels, height, width])],
    output: [valueInfo('scores', ['n', elements(outputs)])],
  });
}

function padding({ config }: Extract<Layer, { className: 'Conv2D' | 'MaxPooling2D' }>): Attributes {
  return { auto_pad: config.padding === 'same' ? 'SAME_UPPER' : 'VALID' };
}

/** [n, height, width, channels] → [n, channels, height, width] */
export function toChannelsFirst(values: Float32Array, [height, width, channels]: Shape): Float32Array<ArrayBuffer> {
  const size = height! * width! * channels!;
  const result = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const channel = i % channels!;
    const place = Math.floor((i % size) / channels!);
    result[i - (i % size) + channel * height! * width! + place] = values[i]!;
  }
  return result;
}

/** [height, width, inputs, outputs] → [outputs, inputs, height, width] */
function kernelToOihw(values: Float32Array, [height, width, inputs, outputs]: Shape): Float32Array {
  const places = height! * width!;
  const result = new Float32Array(values.length);
  for (let place = 0; place < places; place++) {
    for (let i = 0; i < inputs!; i++) {
      for (let o = 0; o < outputs!; o++) {
        result[(o * inputs! + i) * places + place] = values[(place * inputs! + i) * outputs! + o]!;
      }
    }
  }
  return result;
}

/** Reorders the rows of [height * width * channels, units] for an image flattened with the channels first. */
function rowsToChannelsFirst(values: Float32Array, [height, width, channels]: Shape, units: number): Float32Array {
  const places = height! * width!;
  const result = new Float32Array(values.length);
  for (let place = 0; place < places; place++) {
    for (let channel = 0; channel < channels!; channel++) {
      const from = (place * channels! + channel) * units;
      result.set(values.subarray(from, from + units), (channel * places + place) * units);
    }
  }
  return result;
}
