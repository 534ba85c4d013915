/**
 * The tfjs backend of an isolate: WASM with SIMD, or plain JavaScript where WebAssembly cannot start. tfjs knows one
 * engine a process, so an isolate makes one of these.
 */
import { hostWasmModule } from '@glimpse/shared/model/runtime/wasm-host';
import { wasmKernels } from '@glimpse/shared/model/runtime/wasm-kernels';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu/dist/backend_cpu.js';
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import {
  engine,
  findBackendFactory,
  memory,
  registerBackend,
  registerKernel,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import { cpuKernels } from './cpu-kernels.ts';

export type Backend = { readonly name: 'wasm' } | { readonly name: 'cpu'; readonly reason: string };

export interface RuntimeOptions {
  /** Compiled `@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm`. */
  readonly simd: WebAssembly.Module;
  /** Most bytes that its memory may grow to. */
  readonly maxBytes: number;
}

for (const kernel of [...wasmKernels, ...cpuKernels]) registerKernel(kernel);

export class Runtime {
  readonly #options: RuntimeOptions;
  #backend: Backend | undefined;

  constructor(options: RuntimeOptions) {
    this.#options = options;
  }

  /** Undefined before the first `start`. */
  get backend(): Backend | undefined {
    return this.#backend;
  }

  /** Tensors alive; a leak shows as a number that grows. */
  get tensors(): number {
    return memory().numTensors;
  }

  /** Of them all, at their full width. */
  get tensorBytes(): number {
    return memory().numBytes;
  }

  /** Makes a backend the current one; does nothing where one runs already. */
  async start(): Promise<Backend> {
    if (this.#backend) return this.#backend;
    const { simd, maxBytes } = this.#options;
    try {
      const wasm = new BackendWasm(hostWasmModule(simd, maxBytes) as never);
      // Its memory goes with the object; the module's own clean-up would trip over a heap that is broken.
      wasm.dispose = () => {};
      registerBackend('wasm', () => wasm);
      await setBackend('wasm');
      this.#backend = { name: 'wasm' };
    } catch (error) {
      registerBackend('cpu', () => new MathBackendCPU());
      await setBackend('cpu');
      this.#backend = { name: 'cpu', reason: `WebAssembly did not start: ${(error as Error).message}` };
    }
    return this.#backend;
  }

  /** Throws the backend away with every tensor in it. Networks built on it are useless from here on. */
  discard(): void {
    engine().reset();
    for (const name of ['wasm', 'cpu']) if (findBackendFactory(name)) removeBackend(name);
    this.#backend = undefined;
  }
}

/** Whether the error leaves the WASM heap in an undefined state, so that the backend must be discarded. */
export function isFatalBackendError(error: unknown): boolean {
  return (
    error instanceof WebAssembly.RuntimeError ||
    (error instanceof Error && /tfjs WASM (memory is full|module aborted)/.test(error.message))
  );
}
