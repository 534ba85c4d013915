/**
 * The protocol between the benchmark and the competitors' processes: one JSON object per line, requests on stdin, answers on
 * stdout. A process first sends a hello. keras_process.py implements it, too.
 */

/** The cost of one step or one epoch. */
export interface Cost {
  readonly wallMs: number;
  /** CPU time of all threads, user and system. */
  readonly cpuMs: number;
}

export interface Hello {
  readonly device: 'cpu' | 'gpu';
  readonly deviceName: string;
  readonly versions: Readonly<Record<string, string>>;
}

export interface KerasHello extends Hello {
  /** Whether Keras compiled the step with XLA, if that was faster. Keras disables XLA with deterministic operations. */
  readonly jit: boolean;
  /** Milliseconds per step with and without XLA, if both were tried. */
  readonly jitTrial?: { readonly with: number; readonly without: number };
}

export interface EpochAnswer extends Cost {
  readonly validationAccuracy: number;
}

/** After each of several short epochs. */
export interface MemoryAnswer {
  readonly residentBytes: readonly number[];
  /** Number of tensors in the engine. */
  readonly tensors?: readonly number[];
}

/** The profile of an eager step. */
export interface ProfileAnswer {
  readonly stepMs: number;
  /** Calls and milliseconds per step, by TensorFlow's name of the operation. */
  readonly operations: readonly { readonly name: string; readonly calls: number; readonly ms: number }[];
}

/** The answer to a request that failed. */
export interface Failure {
  readonly error: string;
}

export interface Requests {
  /** The mean cost of `count` steps. `fit`: in Keras' fit loop, after its first step. */
  steps: { request: { readonly count: number; readonly fit?: boolean }; answer: Cost };
  /** The loss of the first 500 images, without dropout. */
  loss: { request: object; answer: { readonly loss: number } };
  /** Runs `fit` with validation on all of CIFAR-10, or on the given number of images of each part. */
  epoch: { request: { readonly images?: number }; answer: EpochAnswer };
  memory: { request: { readonly epochs: number }; answer: MemoryAnswer };
  profile: { request: { readonly steps: number }; answer: ProfileAnswer };
  /** Loads the data and runs `fit` to the end of its first step. */
  firstStep: { request: object; answer: object };
}
