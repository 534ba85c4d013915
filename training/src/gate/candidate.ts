/** A release that is to be published: found on disk, judged, and its verdict recorded in the run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NetworkError } from '@glimpse/shared/model/network/network-error';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import type { ImageSet } from '../data/image-set.ts';
import { writeAtomic } from '../files/atomic.ts';
import { loadChannels } from '../publish/move.ts';
import { type Release, readReleaseFolder } from '../publish/release-folder.ts';
import { readStoredRelease } from '../publish/stored-release.ts';
import { TrainingError } from '../training-error.ts';
import type { Bounds } from './bounds.ts';
import { type GateInput, runGate, unmeasured, type Verdict } from './gate.ts';

export interface Candidate {
  readonly folder: string;
  readonly release: Release;
  /** Whether the folder is a run, which knows its data and keeps the verdict. */
  readonly ofRun: boolean;
}

/**
 * @param folder a run, or a folder with a release.json
 * @throws {TrainingError} `release-invalid` @throws {ReleaseError}
 */
export async function readCandidate(folder: string): Promise<Candidate> {
  const ofRun = existsSync(join(folder, 'config.json'));
  if (existsSync(join(folder, 'release.json'))) return { folder, release: await readReleaseFolder(folder), ofRun };
  if (existsSync(join(folder, 'release', 'release.json'))) {
    return { folder, release: await readReleaseFolder(join(folder, 'release')), ofRun };
  }
  throw new TrainingError('release-invalid', `${folder} holds no release. Make one first: glimpse quantize ${folder}`);
}

export interface JudgeOptions extends Pick<GateInput, 'onProgress'> {
  /** The channel that serves the live release; undefined if there is nothing to compare with. */
  readonly live: { readonly store: ObjectStore; readonly model: string; readonly channel: string } | undefined;
  readonly bounds: Bounds;
  /** Opens the held-out images. @param compared whether there is a live release to compare with */
  testImages(compared: boolean): Promise<ImageSet | undefined>;
  /** The reason for publishing in any case. Then a release that cannot be measured is not an error. */
  readonly override: string | undefined;
}

/**
 * Runs the gate, and writes its verdict to the run's `gate.json`.
 *
 * @throws {TrainingError} `gate-failed` if the release cannot be measured @throws {StoreError}
 */
export async function judgeCandidate(candidate: Candidate, options: JudgeOptions): Promise<Verdict> {
  const { release, folder, ofRun } = candidate;
  const { bounds, override } = options;
  const verdict = await measure(release, options).catch((error: unknown) => {
    if (!isObstacle(error)) throw error;
    if (override !== undefined) return unmeasured(release, error.message, bounds);
    throw new TrainingError(
      'gate-failed',
      `The gate cannot measure the release: ${error.message} (To publish it anyway: --override REASON)`,
      { cause: error },
    );
  });
  if (ofRun) {
    const record = { ...verdict, ...(override === undefined ? {} : { override }), time: new Date().toISOString() };
    await writeAtomic(join(folder, 'gate.json'), `${JSON.stringify(record, null, 2)}\n`);
  }
  return verdict;
}

async function measure(
  candidate: Release,
  { live: place, bounds, testImages, onProgress }: JudgeOptions,
): Promise<Verdict> {
  const version = place && (await loadChannels(place.store, place.model)).channels?.channels[place.channel]?.version;
  const live = place && version !== undefined ? await readStoredRelease(place.store, place.model, version) : undefined;
  return runGate({ candidate, live, test: await testImages(live !== undefined), bounds, onProgress });
}

/** Errors of the data or the releases, as opposed to those of the store or the options. */
function isObstacle(error: unknown): error is Error {
  const codes = ['data-unavailable', 'data-altered', 'data-invalid', 'data-unreadable', 'data-changed', 'run-invalid'];
  return (
    error instanceof ReleaseError ||
    error instanceof NetworkError ||
    (error instanceof TrainingError && codes.includes(error.code))
  );
}
