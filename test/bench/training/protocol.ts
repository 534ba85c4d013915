/**
 * What the bench and the competitors' processes say to each other: one JSON object a line, a request on stdin, its answer on
 * stdout. A process first says hello. keras_process.py speaks the same.
 */

/** Of one step, or of one epoch. */
export interface Cost {
  readonly wallMs: number;
  /** Of all threads together, in user and system mode. */
  readonly cpuMs: number;
}

export interface Hello {
  readonly device: 'cpu' | 'gpu';
  readonly deviceName: string;
  readonly versions: Readonly<Record<string, string>>;
}

export interface KerasHello extends Hello {
  /** Whether Keras compiled the step with XLA: the faster of the two. Keras leaves it off with deterministic operations. */
  readonly jit: boolean;
  /** Milliseconds a step with XLA and without, where both were tried. */
  readonly jitTrial?: { readonly with: number; readonly without: number };
}

export interface EpochAnswer extends Cost {
  readonly validationAccuracy: number;
}

/** After each of several short epochs. */
export interface MemoryAnswer {
  readonly residentBytes: readonly number[];
  /** Tensors that the engine holds. */
  readonly tensors?: readonly number[];
}

/** Of a step that ran operation by operation. */
export interface ProfileAnswer {
  readonly stepMs: number;
  /** By TensorFlow's name, calls and milliseconds a step. */
  readonly operations: readonly { readonly name: string; readonly calls: number; readonly ms: number }[];
}

/** An answer instead of the one that was asked for. */
export interface Failure {
  readonly error: string;
}

export interface Requests {
  /** The step's cost: the mean of `count` steps. `fit`: in Keras' fit loop, after its first step. */
  steps: { request: { readonly count: number; readonly fit?: boolean }; answer: Cost };
  /** The loss over the first 500 images, dropout off. */
  loss: { request: object; answer: { readonly loss: number } };
  /** `fit` with the whole of CIFAR-10, validation included, or with as many images of each part. */
  epoch: { request: { readonly images?: number }; answer: EpochAnswer };
  memory: { request: { readonly epochs: number }; answer: MemoryAnswer };
  profile: { request: { readonly steps: number }; answer: ProfileAnswer };
  /** Loads the data and runs `fit` to the end of its first step. */
  firstStep: { request: object; answer: object };
}
