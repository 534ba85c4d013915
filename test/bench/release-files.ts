/** What the contestants are built from, in the form in which it crosses into a Worker: bytes. */
export interface ReleaseFiles {
  readonly modelJson: string;
  readonly weightsBin: ArrayBuffer;
  /** The same network with the same, dequantised weights. */
  readonly onnx: ArrayBuffer;
}
