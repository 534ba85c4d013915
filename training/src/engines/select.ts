/** Starts the engine that was asked for, and only that one. */
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
 * @param wanted `auto` takes TensorFlow where it is installed and starts, else WASM
 * @param onFallback told why `auto` did not take TensorFlow
 * @throws {TrainingError} `engine-unavailable` when an engine that was named cannot run: there is no silent fallback
 */
export async function startEngine(wanted: EngineName | 'auto', onFallback: (reason: string) => void): Promise<Engine> {
  if (wanted !== 'auto') return engines[wanted].start();
  try {
    return await startTensorFlow();
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
    onFallback(error.message);
    return startWasm();
  }
}

/** Of an engine that was started. */
export function kernelsOf(engine: Engine): TrainingKernels {
  return engines[engine.name].kernels;
}

/**
 * Library code may switch tfjs to another backend, after which everything goes on many times slower.
 *
 * @throws {TrainingError} `engine-unavailable` when the current backend is no longer the engine's
 */
export function assertEngine(engine: Engine): void {
  if (getBackend() === engine.name) return;
  throw new TrainingError(
    'engine-unavailable',
    `The run uses the ${engine.name} engine, but something switched tfjs to "${getBackend()}". Stopping before it trains on that.`,
  );
}
