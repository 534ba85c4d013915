/** Everything that a run needs to continue: weights, the optimizer's state, the position in the data, and the curves. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import { writeAtomic } from '../files/atomic.ts';
import { readSafetensors, writeSafetensors } from '../files/safetensors.ts';
import { TrainingError } from '../training-error.ts';
import { emptyHistory, type History } from './history.ts';
import { noSums, type Sums } from './metrics.ts';
import type { SavedTensors } from './trainer.ts';

/** A position between two steps. */
export interface Position {
  /** Completed epochs. */
  readonly epoch: number;
  /** Completed steps of the current epoch. */
  readonly step: number;
  /** Training loss and accuracy of those steps. */
  readonly sums: Sums;
}

export interface Checkpoint {
  readonly position: Position;
  readonly history: History;
  readonly weights: Weights;
  readonly slots: SavedTensors;
}

/** The start of a run. */
export function firstCheckpoint(weights: Weights): Checkpoint {
  return { position: { epoch: 0, step: 0, sums: noSums }, history: emptyHistory, weights, slots: new Map() };
}

/** The checkpoint after a complete epoch. */
export function checkpointName(epoch: number): string {
  return fileName({ epoch, step: 0 });
}

/** `epoch-003.safetensors` after three epochs, `epoch-003-step-00120.safetensors` within the fourth. */
function fileName({ epoch, step }: Pick<Position, 'epoch' | 'step'>): string {
  const within = step > 0 ? `-step-${String(step).padStart(5, '0')}` : '';
  return `epoch-${String(epoch).padStart(3, '0')}${within}.safetensors`;
}

/**
 * @returns the file's path
 * @throws {TrainingError} `run-unwritable` when the disk is full or read-only; earlier checkpoints are then intact
 */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<string> {
  const tensors = new Map([...prefixed('weights', checkpoint.weights), ...prefixed('optimizer', checkpoint.slots)]);
  const { position, history } = checkpoint;
  const path = join(folder, fileName(position));
  try {
    await writeAtomic(
      path,
      writeSafetensors(tensors, { position: JSON.stringify(position), history: JSON.stringify(history) }),
    );
  } catch (cause) {
    throw new TrainingError(
      'run-unwritable',
      `The checkpoint ${path} could not be written: ${(cause as Error).message}. Earlier checkpoints are intact. Free some space and continue with --resume.`,
      { cause },
    );
  }
  return path;
}

/**
 * Removes all checkpoints except the best epoch's and the last two. The second to last is a spare if the last is damaged.
 *
 * @param best an epoch to keep
 */
export async function pruneCheckpoints(folder: string, best?: number): Promise<void> {
  const older = (await listCheckpoints(folder)).slice(0, -2);
  for (const { name, epoch, step } of older) {
    if (epoch !== best || step !== 0) await rm(join(folder, name), { force: true });
  }
}

/** @throws {TrainingError} `run-invalid` */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = readSafetensors(await readFile(path));
  if (!metadata.position || !metadata.history) {
    throw new TrainingError(
      'run-invalid',
      `${path} is not a checkpoint of a run: its position and history are missing.`,
    );
  }
  return {
    position: JSON.parse(metadata.position),
    history: JSON.parse(metadata.history),
    weights: unprefixed('weights', tensors),
    slots: unprefixed('optimizer', tensors),
  };
}

/** The path of the most advanced checkpoint; undefined if there is none. */
export async function latestCheckpoint(folder: string): Promise<string | undefined> {
  const last = (await listCheckpoints(folder)).at(-1);
  return last && join(folder, last.name);
}

/** Oldest first. */
async function listCheckpoints(folder: string): Promise<{ name: string; epoch: number; step: number }[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .flatMap((name) => {
      const match = /^epoch-(\d+)(?:-step-(\d+))?\.safetensors$/.exec(name);
      return match ? [{ name, epoch: Number(match[1]), step: Number(match[2] ?? 0) }] : [];
    })
    .sort((a, b) => a.epoch - b.epoch || a.step - b.step);
}

function prefixed(prefix: string, tensors: Weights): [string, { shape: readonly number[]; values: Float32Array }][] {
  return [...tensors].map(([name, value]) => [`${prefix}/${name}`, value]);
}

function unprefixed(prefix: string, tensors: Weights): Weights {
  return new Map(
    [...tensors].flatMap(([name, value]) =>
      name.startsWith(`${prefix}/`) ? [[name.slice(prefix.length + 1), value] as const] : [],
    ),
  );
}
