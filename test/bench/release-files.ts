/** The bytes that the competitors are created from, as sent to a Worker. */
export interface ReleaseFiles {
  readonly modelJson: string;
  readonly weightsBin: ArrayBuffer;
  /** The same network with the same, dequantized weights. */
  readonly onnx: ArrayBuffer;
}
