/** tfjs' WASM backend in the browser: the same binary and host as in the Worker, for bit-equal results. */
import { hostWasmModule } from '@glimpse/shared/model/runtime/wasm-host';
import { wasmKernels } from '@glimpse/shared/model/runtime/wasm-kernels';
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import wasmPath from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
import { registerBackend, registerKernel, setBackend } from '@tensorflow/tfjs-core';
import type { FileCache } from './file-cache.ts';

/** Limit of the WASM memory. */
const MAX_MEMORY_BYTES = 512 * 2 ** 20;

let started: Promise<void> | undefined;

/**
 * Once per page, because tfjs has one global engine.
 *
 * @throws {Error} if WebAssembly is not allowed, e.g. by a Content-Security-Policy without 'wasm-unsafe-eval'
 */
export function startBackend(cache: FileCache): Promise<void> {
  started ??= start(cache);
  return started;
}

async function start(cache: FileCache): Promise<void> {
  // The URL contains the hash of the content.
  const url = new URL(wasmPath, import.meta.url).href;
  const bytes = await cache.get(url, async () => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
    return new Uint8Array(await response.arrayBuffer());
  });
  // Throws if the policy forbids WebAssembly; WebAssembly.validate returns true even then.
  const module = await WebAssembly.compile(bytes);
  for (const kernel of wasmKernels) registerKernel(kernel);
  registerBackend('wasm', () => new BackendWasm(hostWasmModule(module, MAX_MEMORY_BYTES) as never));
  if (!(await setBackend('wasm'))) throw new Error('The WebAssembly backend did not start.');
}
