/** docs/training-benchmarks.json: the unrounded results of a benchmark run. */
import type { Results as BenchResults } from '../results.ts';
import type { EpochResult, MemoryResult } from './epochs.ts';
import type { FirstSteps } from './first-step.ts';
import type { ProfileAnswer } from './protocol.ts';
import type { StepResult } from './steps.ts';
import type { WorkloadName } from './workloads.ts';

export interface Results extends Pick<BenchResults, 'command' | 'date' | 'commit' | 'machine' | 'versions'> {
  /** One-minute load average at the end of the run, including the benchmark itself. */
  readonly loadAfter: number;
  /** The GPU's name, if one was used. */
  readonly gpu?: string;
  readonly steps: readonly StepResult[];
  readonly epochs: readonly EpochResult[];
  readonly firstSteps: FirstSteps;
  readonly memory: MemoryResult;
  /** On the CPU. */
  readonly profiles: Record<WorkloadName, ProfileAnswer>;
}

/** Maximum ratio of our time to Keras'. */
export const aims: Record<WorkloadName, number> = { 'cifar10-tutorial': 1, 'cifar10-bn': 0.9 };
