/** What esbuild makes of imports that are no scripts (edge/build/widget.ts). */

/** The build gives a style sheet as its minified text. */
declare module '*.css' {
  const text: string;
  export default text;
}

/** The build gives a binary as its path beside the module. */
declare module '*.wasm' {
  const path: string;
  export default path;
}
