/**
 * A run folder belongs to one process at a time.
 *
 * The lock is the file `lock.N` with the highest N. Acquiring creates `lock.N+1`, which only one process can do, so a lock
 * whose holder was killed is taken over in one step. A release rewrites the holder's own file. The highest file is never
 * deleted: a process that decided on outdated information finds a higher one and withdraws.
 */
import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../files/is-running.ts';
import { TrainingError } from '../training-error.ts';

interface Holder {
  readonly process: number;
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly released?: true;
}

/** The error codes of file systems without hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Takes over the lock of a process that no longer runs, if it ran on this machine.
 *
 * @returns a function that releases the lock
 * @throws {TrainingError} `run-busy`, `run-unwritable`
 */
export async function lockRun(folder: string): Promise<() => Promise<void>> {
  const mine: Holder = { process: process.pid, host: hostname(), since: new Date().toISOString() };
  while (true) {
    const highest = await highestLock(folder);
    const path = highest === 0 ? join(folder, 'lock') : pathOf(folder, highest);
    const holder = await readHolder(path);
    if (holder && !holder.released && (holder.host !== mine.host || isRunning(holder.process))) {
      throw new TrainingError(
        'run-busy',
        `The run ${folder} is in use by process ${holder.process} on ${holder.host} since ${holder.since}. ` +
          `Wait for it, or stop it. If that process no longer exists, delete ${path}.`,
      );
    }
    const own = pathOf(folder, highest + 1);
    if (!(await createWhole(own, JSON.stringify(mine)))) continue;
    if ((await highestLock(folder)) > highest + 1) {
      await rm(own, { force: true });
      continue;
    }
    await removeLeftovers(folder, highest);
    return () => replaceWhole(own, JSON.stringify({ ...mine, released: true } satisfies Holder));
  }
}

/** Deletes older locks, including an earlier version's, and partial files of a killed holder. */
async function removeLeftovers(folder: string, highest: number): Promise<void> {
  await rm(join(folder, 'lock'), { force: true });
  for (let n = highest; n > 0 && n > highest - 3; n--) await rm(pathOf(folder, n), { force: true });
  const checkpoints = join(folder, 'checkpoints');
  for (const name of await readdir(checkpoints).catch(() => [])) {
    if (name.endsWith('.part')) await rm(join(checkpoints, name), { force: true });
  }
}

const pathOf = (folder: string, n: number) => join(folder, `lock.${n}`);

/** @returns 0 if there is no lock */
async function highestLock(folder: string): Promise<number> {
  const names = await readdir(folder).catch((cause: Error) => {
    throw unwritable(folder, cause);
  });
  return Math.max(0, ...names.map((name) => Number(/^lock\.(\d+)$/.exec(name)?.[1] ?? 0)));
}

/** Creates the file with its content in one step. @returns false if the name is taken */
async function createWhole(path: string, content: string): Promise<boolean> {
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(unfinished, content, { flag: 'wx', flush: true });
    await link(unfinished, path).catch((error: NodeJS.ErrnoException) => {
      if (!NO_LINKS.includes(error.code!)) throw error;
      return writeFile(path, content, { flag: 'wx', flush: true });
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unwritable(path, error as Error);
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function replaceWhole(path: string, content: string): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.part`;
  await writeFile(unfinished, content, { flag: 'wx' });
  await rename(unfinished, path);
}

/** @returns undefined if the file is gone or truncated */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function unwritable(path: string, cause: Error): TrainingError {
  return new TrainingError('run-unwritable', `Cannot lock the run: ${path} is not writable: ${cause.message}`, {
    cause,
  });
}
