/** Summarizes the runs in a folder without opening their checkpoints. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TrainingError } from '../training-error.ts';
import { curveEnd } from './compare-runs.ts';
import { type Outcome, RunFolder } from './run-folder.ts';

export interface RunSummary {
  readonly id: string;
  readonly path: string;
  readonly startedAt: string;
  readonly architecture: string;
  readonly data: string;
  readonly epochs: { readonly done: number; readonly asked: number };
  /** Best and last validation accuracy; undefined before the first epoch has finished. */
  readonly bestAccuracy: number | undefined;
  readonly lastAccuracy: number | undefined;
  /** `unfinished`: training is in progress, or its process was killed. */
  readonly status: Outcome['status'] | 'unfinished';
  /** Name and device. */
  readonly engine: string;
  /** From start to end, including pauses; undefined for an unfinished run. */
  readonly seconds: number | undefined;
}

export interface DamagedRun {
  readonly id: string;
  readonly path: string;
  /** Why it cannot be read. */
  readonly damage: string;
}

/**
 * Lists runs newest first, and unreadable folders separately.
 *
 * @param folder that contains run folders
 * @throws {TrainingError} `run-invalid` if the folder does not exist
 */
export async function listRuns(folder: string): Promise<{ runs: RunSummary[]; damaged: DamagedRun[] }> {
  const runs: RunSummary[] = [];
  const damaged: DamagedRun[] = [];
  for (const { name } of (await entries(folder)).filter(
    (entry) => entry.isDirectory() && !entry.name.endsWith('.part'),
  )) {
    const path = join(folder, name);
    try {
      runs.push(await summarize(path));
    } catch (error) {
      damaged.push({ id: name, path, damage: (error as Error).message });
    }
  }
  return { runs: runs.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)), damaged };
}

async function entries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new TrainingError(
      'run-invalid',
      `The folder ${folder} does not exist. Train a run first (glimpse train), or name the folder with --runs.`,
      { cause },
    );
  }
}

async function summarize(path: string): Promise<RunSummary> {
  const run = await RunFolder.open(path);
  const { startedAt, architecture, data, settings } = run.config;
  const { epochs, last, best } = curveEnd(await run.history());
  const outcome = run.ended ? await run.outcome() : undefined;
  const { engine } = await run.environment();
  return {
    id: run.id,
    path: run.path,
    startedAt,
    architecture: architecture.name,
    data: data.name,
    epochs: { done: epochs, asked: settings.epochs },
    bestAccuracy: best?.accuracy,
    lastAccuracy: last.val_acc,
    status: outcome?.status ?? 'unfinished',
    engine: `${engine.name} ${engine.device}`,
    seconds: outcome && (Date.parse(outcome.endedAt) - Date.parse(startedAt)) / 1000,
  };
}
