/** An engine is the tfjs backend that training runs on. Exactly one is started in a process. */

export type EngineName = 'tensorflow' | 'wasm';

/** What a run computes on. It is printed when the run starts and stored in its record. */
export interface Engine {
  readonly name: EngineName;
  readonly device: 'gpu' | 'cpu';
  /** The model name of the GPU or CPU. */
  readonly deviceName: string;
  readonly threads: number;
  readonly versions: Readonly<Record<string, string>>;
}
