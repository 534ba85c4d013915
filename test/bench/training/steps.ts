/** Measures our steps and Keras' steps, interleaved. */
import { turns } from '../measure.ts';
import type { Competitors, Glimpse, Keras, Place } from './competitors.ts';
import type { Cost } from './protocol.ts';
import { type WorkloadName, workloads } from './workloads.ts';

export type StepCompetitor = 'glimpse' | 'eager' | 'wasm' | 'keras-batch' | 'keras-fit';

export interface StepResult extends Place {
  readonly workload: WorkloadName;
  /** Of the GPU. */
  readonly deviceName: string;
  readonly kerasJit: boolean;
  readonly kerasJitTrial?: { readonly with: number; readonly without: number };
  /** Cost of a step, one value per round; the WASM engine runs only in the first rounds. */
  readonly samples: Partial<Record<StepCompetitor, readonly Cost[]>> &
    Record<'glimpse' | 'keras-batch' | 'keras-fit', readonly Cost[]>;
  /** Peak memory of the process, including a few thousand images. Both Keras variants share a process. */
  readonly peakBytes: Partial<Record<StepCompetitor, number>>;
  /** Why the WASM engine has no results. */
  readonly wasmFailure?: string;
  /** Difference of the losses before the first step (Keras minus ours), for the same network, weights and images. */
  readonly lossDifference: number;
}

export interface StepOptions {
  readonly rounds: number;
  readonly wasmRounds: number;
  /** Turns before the first round. */
  readonly warmUp: number;
  /** Also measures the `--eager` debugging mode. */
  readonly eager: boolean;
}

export async function compareSteps(
  competitors: Competitors,
  workload: WorkloadName,
  place: Place,
  { rounds, wasmRounds, warmUp, eager }: StepOptions,
): Promise<StepResult> {
  const { stepsATurn } = workloads[workload];
  const started: (Glimpse | Keras)[] = [];
  const keep = <P extends Glimpse | Keras>(process: P): P => {
    started.push(process);
    return process;
  };
  try {
    const keras = keep(await competitors.keras(workload, place, { stepping: true }));
    const glimpse = keep(await competitors.glimpse(workload, place));
    const lossDifference = (await keras.ask('loss', {})).loss - (await glimpse.ask('loss', {})).loss;
    const processes: Partial<Record<StepCompetitor, Glimpse | Keras>> = { glimpse };
    if (eager) processes.eager = keep(await competitors.glimpse(workload, place, { eager: true }));
    let wasmFailure: string | undefined;
    if (wasmRounds > 0) {
      const wasm = keep(await competitors.glimpse(workload, place, { engine: 'wasm' }));
      try {
        await wasm.ask('steps', { count: 1 });
        processes.wasm = wasm;
      } catch (error) {
        wasmFailure = (error as Error).message;
        await wasm.stop();
      }
    }
    processes['keras-batch'] = keras;
    processes['keras-fit'] = keras;

    const names = Object.keys(processes) as StepCompetitor[];
    const turn = (name: StepCompetitor, count: number): Promise<Cost> =>
      processes[name]!.ask('steps', { count, fit: name === 'keras-fit' });
    const samples = Object.fromEntries(names.map((name) => [name, [] as Cost[]])) as Record<StepCompetitor, Cost[]>;
    for (const name of names) {
      for (let run = 0; run < (name === 'wasm' ? 0 : warmUp); run++) await turn(name, stepsATurn);
    }
    for (let round = 0; round < rounds; round++) {
      const taking = names.filter((name) => name !== 'wasm' || round < wasmRounds);
      for (const name of turns(taking, round)) {
        samples[name].push(await turn(name, name === 'wasm' ? 1 : stepsATurn));
      }
    }
    const peakBytes = Object.fromEntries(
      await Promise.all(
        names.filter((name) => name !== 'keras-fit').map(async (name) => [name, await processes[name]!.peakBytes()]),
      ),
    );
    const { jit, jitTrial, deviceName } = keras.hello;
    return {
      ...{ workload, ...place, deviceName, kerasJit: jit, samples, peakBytes, lossDifference },
      ...(wasmFailure ? { wasmFailure } : {}),
      ...(jitTrial ? { kerasJitTrial: jitTrial } : {}),
    };
  } finally {
    await Promise.all(started.map((process) => process.stop()));
  }
}
