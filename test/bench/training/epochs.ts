/** `fit` as a whole: time and memory of an epoch, and memory over several. */
import type { Contestants, Place } from './contestants.ts';
import type { EpochAnswer, MemoryAnswer } from './protocol.ts';
import type { WorkloadName } from './workloads.ts';

export type FitContestant = 'glimpse' | 'keras';
const names: readonly FitContestant[] = ['glimpse', 'keras'];

export interface EpochResult {
  readonly workload: WorkloadName;
  readonly device: Place['device'];
  /** Of each part; all 50,000 and 10,000 where it is absent. */
  readonly pictures?: number;
  /** One a round, each of a fresh process. */
  readonly samples: Record<FitContestant, readonly (EpochAnswer & { readonly peakBytes: number })[]>;
}

export async function compareEpochs(
  contestants: Contestants,
  workload: WorkloadName,
  place: Place,
  { rounds, jit, pictures }: { rounds: number; jit: boolean; pictures?: number },
): Promise<EpochResult> {
  const part = pictures === undefined ? {} : { pictures };
  const samples = { glimpse: [], keras: [] } as Record<FitContestant, (EpochAnswer & { peakBytes: number })[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const process = await start(contestants, name, workload, place, jit);
      const answer = await process.ask('epoch', part);
      samples[name].push({ ...answer, peakBytes: await process.peakBytes() });
      await process.stop();
    }
  }
  return { workload, device: place.device, ...part, samples };
}

export type MemoryResult = Record<FitContestant, MemoryAnswer>;

export async function watchMemory(
  contestants: Contestants,
  workload: WorkloadName,
  place: Place,
  { epochs, jit }: { epochs: number; jit: boolean },
): Promise<MemoryResult> {
  const answers = {} as Record<FitContestant, MemoryAnswer>;
  for (const name of names) {
    const process = await start(contestants, name, workload, place, jit);
    answers[name] = await process.ask('memory', { epochs });
    await process.stop();
  }
  return answers;
}

function start(contestants: Contestants, name: FitContestant, workload: WorkloadName, place: Place, jit: boolean) {
  return name === 'glimpse'
    ? contestants.glimpse(workload, place)
    : contestants.keras(workload, place, { jit, stepping: false });
}
