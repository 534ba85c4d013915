/** Measures the time from the start of a process to the end of its first step, for `glimpse train` and Keras' `fit`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Competitors, environmentOf, type Place } from './competitors.ts';
import type { FitContestant } from './epochs.ts';
import { LineProcess } from './line-process.ts';

/** Milliseconds, one value per start. */
export type FirstSteps = Record<FitContestant, readonly number[]>;

const commandLine = join(import.meta.dirname, '../../../training/src/cli/glimpse.ts');
const hook = join(import.meta.dirname, 'first-step-hook.ts');

export async function compareFirstSteps(
  competitors: Competitors,
  place: Place,
  { starts, jit }: { starts: number; jit: boolean },
): Promise<FirstSteps> {
  const runs = await mkdtemp(join(tmpdir(), 'glimpse-bench-'));
  const works = {
    async glimpse() {
      const args = ['--import', hook, commandLine, 'train', '--engine', 'tensorflow', '--runs', runs];
      // Its first message means that the step has ended.
      const process = await LineProcess.start(globalThis.process.execPath, args, environmentOf(place));
      await process.stop();
    },
    async keras() {
      const process = await competitors.keras('cifar10-tutorial', place, { jit, stepping: false });
      await process.ask('firstStep', {});
      await process.stop();
    },
  };
  const names = Object.keys(works) as FitContestant[];
  const samples: Record<FitContestant, number[]> = { glimpse: [], keras: [] };
  try {
    for (let start = 0; start < starts; start++) {
      for (const name of start % 2 === 0 ? names : names.toReversed()) {
        const started = performance.now();
        await works[name]();
        samples[name].push(performance.now() - started);
      }
    }
    return samples;
  } finally {
    await rm(runs, { recursive: true });
  }
}
