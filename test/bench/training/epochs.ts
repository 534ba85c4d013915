/** Measures `fit`: time and memory of an epoch, and memory over several epochs. */
import type { Competitors, Place } from './competitors.ts';
import type { EpochAnswer, MemoryAnswer } from './protocol.ts';
import type { WorkloadName } from './workloads.ts';

export type FitContestant = 'glimpse' | 'keras';
const names: readonly FitContestant[] = ['glimpse', 'keras'];

export interface EpochResult {
  readonly workload: WorkloadName;
  readonly device: Place['device'];
  /** Images of each part. Default: all 50,000 and 10,000. */
  readonly images?: number;
  /** One per round, each from a fresh process. */
  readonly samples: Record<FitContestant, readonly (EpochAnswer & { readonly peakBytes: number })[]>;
}

export async function compareEpochs(
  competitors: Competitors,
  workload: WorkloadName,
  place: Place,
  { rounds, jit, images }: { rounds: number; jit: boolean; images?: number },
): Promise<EpochResult> {
  const part = images === undefined ? {} : { images };
  const samples = { glimpse: [], keras: [] } as Record<FitContestant, (EpochAnswer & { peakBytes: number })[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const process = await start(competitors, name, workload, place, jit);
      const answer = await process.ask('epoch', part);
      samples[name].push({ ...answer, peakBytes: await process.peakBytes() });
      await process.stop();
    }
  }
  return { workload, device: place.device, ...part, samples };
}

export type MemoryResult = Record<FitContestant, MemoryAnswer>;

export async function watchMemory(
  competitors: Competitors,
  workload: WorkloadName,
  place: Place,
  { epochs, jit }: { epochs: number; jit: boolean },
): Promise<MemoryResult> {
  const answers = {} as Record<FitContestant, MemoryAnswer>;
  for (const name of names) {
    const process = await start(competitors, name, workload, place, jit);
    answers[name] = await process.ask('memory', { epochs });
    await process.stop();
  }
  return answers;
}

function start(competitors: Competitors, name: FitContestant, workload: WorkloadName, place: Place, jit: boolean) {
  return name === 'glimpse'
    ? competitors.glimpse(workload, place)
    : competitors.keras(workload, place, { jit, stepping: false });
}
