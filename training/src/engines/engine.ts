/** An engine is the tfjs backend that training runs on. Exactly one is started in a process. */

export type EngineName = 'tensorflow' | 'wasm';

/** What really computes: shown in a run's first lines and kept in its record. */
export interface Engine {
  readonly name: EngineName;
  readonly device: 'gpu' | 'cpu';
  /** The card's or processor's own name. */
  readonly deviceName: string;
  readonly threads: number;
  readonly versions: Readonly<Record<string, string>>;
}
