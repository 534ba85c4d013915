/** The Worker's tfjs backend in Node: the same binary under the same host, so that evaluation gives the edge's bits. */

import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { compileWasmFile } from './wasm-file.ts';
import { hostWasmModule } from './wasm-host.ts';

/** A build box has room; the Worker sets a lower limit of its own. */
const MAX_BYTES = 2 ** 31;

/** Makes the backend `wasm` the current one. May be called again: the first call's backend stays. */
export async function useWasmBackend(): Promise<void> {
  if (!registered) {
    // Importing the package registered its own loader under this name.
    removeBackend('wasm');
    const module = compileWasmFile('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm');
    registerBackend('wasm', () => new BackendWasm(hostWasmModule(module, MAX_BYTES) as never), 2);
    registered = true;
  }
  await setBackend('wasm');
}

let registered = false;
