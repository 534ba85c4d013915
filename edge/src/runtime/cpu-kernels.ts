/** The same kernels in plain JavaScript, for where WebAssembly cannot start: 15 to 20 times slower, and no other bits. */
import { _fusedMatMulConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/_FusedMatMul.js';
import { fusedConv2DConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/FusedConv2D.js';
import { maxPoolConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/MaxPool.js';
import { reluConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Relu.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Reshape.js';
import { sigmoidConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Sigmoid.js';
import { softmaxConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Softmax.js';
import type { KernelConfig } from '@tensorflow/tfjs-core';

export const cpuKernels: readonly KernelConfig[] = [
  _fusedMatMulConfig,
  fusedConv2DConfig,
  maxPoolConfig,
  reluConfig,
  reshapeConfig,
  sigmoidConfig,
  softmaxConfig,
];
