/** docs/training-benchmarks.json: what a run of the bench measured, unrounded. */
import type { Results as BenchResults } from '../results.ts';
import type { EpochResult, MemoryResult } from './epochs.ts';
import type { FirstSteps } from './first-step.ts';
import type { ProfileAnswer } from './protocol.ts';
import type { StepResult } from './steps.ts';
import type { WorkloadName } from './workloads.ts';

export interface Results extends Pick<BenchResults, 'command' | 'date' | 'commit' | 'machine' | 'versions'> {
  /** One-minute load average when the run ended: the bench itself included. */
  readonly loadAfter: number;
  /** The GPU's name, where one was used. */
  readonly gpu?: string;
  readonly steps: readonly StepResult[];
  readonly epochs: readonly EpochResult[];
  readonly firstSteps: FirstSteps;
  readonly memory: MemoryResult;
  /** On the CPU. */
  readonly profiles: Record<WorkloadName, ProfileAnswer>;
}

/** Our time over Keras', at most. */
export const aims: Record<WorkloadName, number> = { 'cifar10-tutorial': 1, 'cifar10-bn': 0.9 };
