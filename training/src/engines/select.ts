/** Starts the requested engine. */
import { getBackend } from '@tensorflow/tfjs-core';
import { TrainingError } from '../training-error.ts';
import type { Engine, EngineName } from './engine.ts';
import { tensorFlowKernels } from './tensorflow/kernels.ts';
import { startTensorFlow } from './tensorflow/start.ts';
import type { TrainingKernels } from './training-kernels.ts';
import { wasmKernels } from './wasm/kernels.ts';
import { startWasm } from './wasm/start.ts';

const engines: Record<EngineName, { start: () => Promise<Engine>; kernels: TrainingKernels }> = {
  tensorflow: { start: startTensorFlow, kernels: tensorFlowKernels },
  wasm: { start: startWasm, kernels: wasmKernels },
};

/**
 * @param requested `auto` uses TensorFlow if it is installed and starts, and WASM otherwise
 * @param onFallback receives the reason why `auto` did not use TensorFlow
 * @throws {TrainingError} `engine-unavailable` if an explicitly requested engine cannot run: there is no silent fallback
 */
export async function startEngine(
  requested: EngineName | 'auto',
  onFallback: (reason: string) => void,
): Promise<Engine> {
  if (requested !== 'auto') return engines[requested].start();
  try {
    return await startTensorFlow();
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
    onFallback(error.message);
    return startWasm();
  }
}

export function kernelsOf(engine: Engine): TrainingKernels {
  return engines[engine.name].kernels;
}

/**
 * Library code can switch tfjs to another backend, which would make training many times slower.
 *
 * @throws {TrainingError} `engine-unavailable` if tfjs no longer uses the engine's backend
 */
export function assertEngine(engine: Engine): void {
  if (getBackend() === engine.name) return;
  throw new TrainingError(
    'engine-unavailable',
    `The run uses the ${engine.name} engine, but other code switched tfjs to "${getBackend()}". The run was stopped.`,
  );
}
