/** Compiles a .wasm file of an npm package. For Node only: in a Worker, importing the file gives the compiled module. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const compiled = new Map<string, WebAssembly.Module>();

/** @param specifier e.g. `@jsquash/webp/codec/dec/webp_dec.wasm` */
export function compileWasmFile(specifier: string): WebAssembly.Module {
  let module = compiled.get(specifier);
  if (!module) {
    module = new WebAssembly.Module(readFileSync(require.resolve(specifier)));
    compiled.set(specifier, module);
  }
  return module;
}
