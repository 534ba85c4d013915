/** What the competitors are built from, in the form in which it crosses into a Worker: bytes. */
export interface ReleaseFiles {
  readonly modelJson: string;
  readonly weightsBin: ArrayBuffer;
  /** The same network with the same, dequantized weights. */
  readonly onnx: ArrayBuffer;
}
