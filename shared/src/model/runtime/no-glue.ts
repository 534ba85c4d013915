/**
 * In place of what Emscripten made to start tfjs' WASM (`[alias]` in wrangler.toml): @glimpse/shared/model/runtime/wasm-host starts
 * it here. Bundlers cannot tell that it is not used, and it would be a twentieth of the Worker; of its threads, Workers have
 * none.
 */
export default undefined;
export const wasmWorkerContents = undefined;
