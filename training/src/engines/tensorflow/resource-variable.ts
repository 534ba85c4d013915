/** A variable that TensorFlow stores and updates in place. */
import { keep, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Variable } from '../variable.ts';
import { attribute, op, run, tensorFlow } from './binding.ts';

let created = 0;

export class ResourceVariable implements Variable {
  readonly shape: readonly number[];
  readonly handle: Tensor;

  constructor(values: Float32Array, shape: readonly number[]) {
    this.shape = shape;
    // TensorFlow stores variables by name, so each needs a unique one.
    const name = attribute.string('shared_name', `glimpse_${created++}`);
    this.handle = keep(
      op('VarHandleOp', [attribute.string('container', ''), name, dtype(), attribute.shape('shape', shape)], []),
    );
    this.restore(values);
  }

  get handleId(): number {
    return tensorFlow().getInputTensorIds([this.handle])[0]!;
  }

  read(): Tensor {
    return op('ReadVariableOp', [dtype()], [this.handle]);
  }

  assign(value: Tensor): void {
    run('AssignVariableOp', [dtype()], [this.handle, value], 0);
  }

  values(): Float32Array {
    const held = this.read();
    const values = (held.dataSync() as Float32Array).slice();
    held.dispose();
    return values;
  }

  restore(values: Float32Array): void {
    const value = tensor(values, [...this.shape], 'float32');
    this.assign(value);
    value.dispose();
  }

  dispose(): void {
    run('DestroyResourceOp', [attribute.bool('ignore_lookup_error', true)], [this.handle], 0);
    this.handle.dispose();
  }
}

const dtype = () => attribute.type('dtype');
