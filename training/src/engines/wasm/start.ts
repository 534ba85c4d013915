/** Starts tfjs' WASM backend as a training engine. It needs no installation beyond npm. */
import { cpus } from 'node:os';
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import { version_core } from '@tensorflow/tfjs-core';
import type { Engine } from '../engine.ts';
import { registerTrainingKernels } from './training-kernels.ts';

export async function startWasm(): Promise<Engine> {
  await useWasmBackend();
  registerTrainingKernels();
  return {
    name: 'wasm',
    device: 'cpu',
    deviceName: cpus()[0]?.model ?? 'unknown',
    threads: 1,
    versions: { tfjs: version_core, node: process.versions.node },
  };
}
