/** A run folder belongs to one process at a time. */
import { open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../files/is-running.ts';
import { TrainingError } from '../training-error.ts';

interface Holder {
  readonly process: number;
  readonly host: string;
  readonly since: string;
}

/**
 * Takes the folder for this process. What a killed process left behind is taken over, where that can be known: on the
 * machine that it ran on.
 *
 * @returns gives it back
 * @throws {TrainingError} `run-busy`
 */
export async function lockRun(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  const mine: Holder = { process: process.pid, host: hostname(), since: new Date().toISOString() };
  while (true) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(JSON.stringify(mine));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        const { message } = error as Error;
        throw new TrainingError('run-unwritable', `The run folder ${folder} cannot be written: ${message}`);
      }
    }
    const holder = await readHolder(path);
    if (holder && (holder.host !== mine.host || isRunning(holder.process))) {
      throw new TrainingError(
        'run-busy',
        `The run ${folder} is in use by process ${holder.process} on ${holder.host} since ${holder.since}. ` +
          `Wait for it, or stop it; if it is long gone, delete ${path}.`,
      );
    }
    await rm(path, { force: true });
  }
}

/** @returns undefined where the lock is gone, or was never finished */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}
