/**
 * The parts of tfjs-node's native binding and backend that are called directly. They run TensorFlow's raw operations,
 * documented at https://www.tensorflow.org/api_docs/python/tf/raw_ops.
 */
import { findBackend, type KernelBackend, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/** A tensor in TensorFlow. Handles increase and are never reused. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

export interface Attribute {
  readonly name: string;
  /** One of the binding's `TF_ATTR_` constants. */
  readonly type: number;
  readonly value: unknown;
}

export interface Binding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_UINT8: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  isUsingGpuDevice(): boolean;
  createTensor(shape: readonly number[], dtype: number, values: ArrayBufferView): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): ArrayBufferView;
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  loadSavedModel(folder: string, tags: string): number;
  /** @param inputNames separated by commas, as `outputNames` */
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): TensorMetadata[];
  deleteSavedModel(id: number): void;
}

export interface TensorFlowBackend extends KernelBackend {
  binding: Binding;
  readonly isUsingGpuDevice: boolean;
  /** Uploads the tensors that TensorFlow does not have yet. */
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): Tensor;
  readonly tensorMap: { get(dataId: object): { readonly dtype: number } };
}

/** The registered TensorFlow backend, even if tfjs has switched to another one. */
export function tensorFlow(): TensorFlowBackend {
  return findBackend('tensorflow') as TensorFlowBackend;
}

/** Runs a TensorFlow operation. */
export function run(name: string, attributes: readonly Attribute[], inputs: readonly Tensor[], outputs = 1): Tensor[] {
  const current = tensorFlow();
  return current.binding
    .executeOp(name, attributes, current.getInputTensorIds(inputs), outputs)
    .map((metadata) => current.createOutputTensor(metadata));
}

/** `run` for an operation with one output. */
export function op(name: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor {
  return run(name, attributes, inputs)[0]!;
}

type TypeName = 'float' | 'int32' | 'uint8' | 'bool';

export function typeNumber(type: TypeName): number {
  const { binding } = tensorFlow();
  return { float: binding.TF_FLOAT, int32: binding.TF_INT32, uint8: binding.TF_UINT8, bool: binding.TF_BOOL }[type];
}

/** Creates attributes, by type of value. */
export const attribute = {
  type: (name: string, type: TypeName = 'float'): Attribute => make('TF_ATTR_TYPE', name, typeNumber(type)),
  int: (name: string, value: number | readonly number[]): Attribute => make('TF_ATTR_INT', name, value),
  float: (name: string, value: number): Attribute => make('TF_ATTR_FLOAT', name, value),
  bool: (name: string, value: boolean): Attribute => make('TF_ATTR_BOOL', name, value),
  string: (name: string, value: string): Attribute => make('TF_ATTR_STRING', name, value),
  shape: (name: string, value: readonly number[]): Attribute => make('TF_ATTR_SHAPE', name, value),
};

function make(kind: keyof Binding & `TF_ATTR_${string}`, name: string, value: unknown): Attribute {
  return { name, type: tensorFlow().binding[kind], value };
}
