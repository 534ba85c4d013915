/**
 * Replaces Emscripten's generated JavaScript of tfjs' WASM backend (`[alias]` in wrangler.toml), because wasm-host.ts starts
 * the WASM. Bundlers cannot detect that it is unused, and it would be a twentieth of the Worker. Workers have no threads
 * either.
 */
export default undefined;
export const wasmWorkerContents = undefined;
