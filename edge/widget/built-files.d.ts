/** Types of the imports that are not scripts. edge/build/widget.ts bundles them. */

/** The minified style sheet. */
declare module '*.css' {
  const text: string;
  export default text;
}

/** Path of the binary, relative to the module. */
declare module '*.wasm' {
  const path: string;
  export default path;
}
