import assert from 'node:assert/strict';
import test from 'node:test';
import { tensor } from '@tensorflow/tfjs-core';
import { findInstallation } from './installation.ts';
import { tensorFlowKernels } from './kernels.ts';
import { startTensorFlow } from './start.ts';

if (await findInstallation()) {
  await startTensorFlow();

  test('tensors and variables do not share memory with the array they were created from', () => {
    // TensorFlow uses an array without a copy only if it is aligned to 64 bytes. One of these arrays is.
    const memory = new ArrayBuffer(4096);
    const reads: (() => unknown)[] = [];
    for (let start = 0; start < 64; start += 4) {
      const array = new Float32Array(memory, 128 * (start / 4) + start, 16).fill(1);
      const held = tensor(array, [16], 'float32');
      // tfjs uploads the array only when an operation uses the tensor.
      held.add(1).dispose();
      const variable = tensorFlowKernels.variable(array, [16]);
      reads.push(
        () => held.dataSync(),
        () => variable.values(),
      );
    }
    new Float32Array(memory).fill(2);
    for (const read of reads) assert.deepEqual(read(), new Float32Array(16).fill(1));
  });
} else {
  test('tensors and variables are copies', {
    skip: 'TensorFlow is not installed: npx glimpse engine install',
  }, () => {});
}
