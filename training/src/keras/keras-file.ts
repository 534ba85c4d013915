/**
 * The content of a model saved by Keras' `model.save('FILE.h5')`. Keras 2 defined the layout, and Keras 3 still reads and
 * writes it: attributes with the configuration as JSON, and a group of weights for each layer.
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
  /** Optimizer, loss and metrics; undefined if the model was not compiled. */
  readonly trainingConfig?: unknown;
  /** By layer name, in the order of the file. */
  readonly weights: ReadonlyMap<string, readonly KerasWeight[]>;
  /** Glimpse's own JSON, which Keras ignores. */
  readonly glimpse?: unknown;
}
