/** The bundler hands over an imported .wasm file compiled (worker-build.ts). */
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
