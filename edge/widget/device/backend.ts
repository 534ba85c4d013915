/** tfjs' WASM backend in the page: the same binary under the same host as in the Worker, so that both give the same bits. */
import { hostWasmModule } from '@glimpse/shared/model/runtime/wasm-host';
import { wasmKernels } from '@glimpse/shared/model/runtime/wasm-kernels';
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import wasmPath from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
import { registerBackend, registerKernel, setBackend } from '@tensorflow/tfjs-core';
import type { KeptFiles } from './kept-files.ts';

/** Most bytes that its memory may grow to. */
const MAX_BYTES = 512 * 2 ** 20;

let started: Promise<void> | undefined;

/**
 * Once a page: tfjs knows one engine.
 *
 * @throws {Error} where WebAssembly is not allowed here, as by a Content-Security-Policy without 'wasm-unsafe-eval'
 */
export function startBackend(kept: KeptFiles): Promise<void> {
  started ??= start(kept);
  return started;
}

async function start(kept: KeptFiles): Promise<void> {
  // Its address has the hash of its content.
  const url = new URL(wasmPath, import.meta.url).href;
  const bytes = await kept.get(url, async () => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answers ${response.status}.`);
    return new Uint8Array(await response.arrayBuffer());
  });
  // Whether this is allowed, only trying tells: WebAssembly.validate says yes in any case.
  const module = await WebAssembly.compile(bytes);
  for (const kernel of wasmKernels) registerKernel(kernel);
  registerBackend('wasm', () => new BackendWasm(hostWasmModule(module, MAX_BYTES) as never));
  if (!(await setBackend('wasm'))) throw new Error('The WebAssembly backend does not start.');
}
