/** The bundler provides an imported .wasm file as a compiled module (worker-build.ts). */
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
