/**
 * The tfjs backend of an isolate: WASM with SIMD, or plain JavaScript if WebAssembly cannot start. tfjs has one engine per
 * process, so an isolate creates one Runtime.
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
  /** Maximum size of its memory. */
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

  /** Number of live tensors. If it keeps growing, something leaks. */
  get tensors(): number {
    return memory().numTensors;
  }

  /** Bytes of all live tensors, as float32. */
  get tensorBytes(): number {
    return memory().numBytes;
  }

  /** Starts a backend and makes it the current one. Does nothing if one is running. */
  async start(): Promise<Backend> {
    if (this.#backend) return this.#backend;
    const { simd, maxBytes } = this.#options;
    try {
      const wasm = new BackendWasm(hostWasmModule(simd, maxBytes) as never);
      // Its memory is freed with the object. The module's own cleanup could fail on a broken heap.
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

  /** Discards the backend with all its tensors. Networks built on it cannot be used afterwards. */
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
