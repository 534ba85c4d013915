/** The Worker's tfjs backend in Node: the same binary under the same host, so that results are bit-identical. */

import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { compileWasmFile } from './wasm-file.ts';
import { hostWasmModule } from './wasm-host.ts';

/** Higher than in the Worker, which sets its own limit. */
const MAX_BYTES = 2 ** 31;

/** Makes `wasm` the current backend. Further calls keep the backend of the first. */
export async function useWasmBackend(): Promise<void> {
  if (!registered) {
    // Importing the package registers its own loader under this name.
    removeBackend('wasm');
    const module = compileWasmFile('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm');
    registerBackend('wasm', () => new BackendWasm(hostWasmModule(module, MAX_BYTES) as never), 2);
    registered = true;
  }
  await setBackend('wasm');
}

let registered = false;
