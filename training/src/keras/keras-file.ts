/**
 * A whole model as Keras' `model.save('FILE.h5')` stores it, as plain data. The layout is that of Keras 2, which Keras 3
 * still reads and writes: attributes with the configuration as JSON, and a group of weights for each layer.
 */

export interface KerasWeight {
  /** Keras' name within the layer: `kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface KerasFile {
  /** `2.15.0` */
  readonly kerasVersion: string;
  /** Keras' JSON of the model: `{class_name, config}`. */
  readonly modelConfig: unknown;
  /** Optimizer, loss and metrics; undefined where the model was saved before it was compiled. */
  readonly trainingConfig?: unknown;
  /** By the layer's name, in the file's order. */
  readonly weights: ReadonlyMap<string, readonly KerasWeight[]>;
  /** What Keras has no place for and ignores: a JSON text of ours. */
  readonly glimpse?: unknown;
}
