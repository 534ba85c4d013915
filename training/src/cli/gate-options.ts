/** What `gate` and `publish` need to judge a release: the bounds, the live release, and images that neither has seen. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NetworkError } from '@glimpse/shared/model/network/network-error';
import { DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import type { Command } from 'commander';
import type { ImageSet } from '../data/image-set.ts';
import { writeAtomic } from '../files/atomic.ts';
import { type Bounds, loadBounds } from '../gate/bounds.ts';
import { runGate, unmeasured, type Verdict } from '../gate/gate.ts';
import { loadChannels } from '../publish/move.ts';
import { type Release, readReleaseFolder } from '../publish/release-folder.ts';
import { readStoredRelease } from '../publish/stored-release.ts';
import { RunFolder } from '../run/run-folder.ts';
import { TrainingError } from '../training-error.ts';
import { addDataOptions } from './data-options.ts';
import { testData } from './evaluate.ts';
import { measureBar } from './measure.ts';
import { name } from './options.ts';
import type { Output } from './output.ts';
import { dataOfRun } from './run-data.ts';

export interface GateOptions {
  readonly against: string;
  readonly bounds?: string;
  readonly data?: string;
}

/** What a folder on the command line holds. */
export interface Candidate {
  readonly folder: string;
  readonly release: Release;
  /** Whether the folder is a run's, which knows its data and keeps the verdict. */
  readonly ofRun: boolean;
}

export function addGateOptions(command: Command): Command {
  command
    .option('--against <channel>', 'whose version is the live one to compare with', name, DEFAULT_CHANNEL)
    .option('--bounds <file>', 'a TypeScript file that exports the bounds (docs/releases.md)')
    .option('--data <name|folder|csv>', 'judge by the test part of these data instead of those of the run');
  return addDataOptions(command, 'input of the model');
}

/** @throws {TrainingError} `release-invalid` @throws {ReleaseError} */
export async function readCandidate(folder: string): Promise<Candidate> {
  const ofRun = existsSync(join(folder, 'config.json'));
  if (existsSync(join(folder, 'release.json'))) return { folder, release: await readReleaseFolder(folder), ofRun };
  if (existsSync(join(folder, 'release', 'release.json'))) {
    return { folder, release: await readReleaseFolder(join(folder, 'release')), ofRun };
  }
  throw new TrainingError('release-invalid', `${folder} holds no release. Make one first: glimpse quantize ${folder}`);
}

/**
 * Runs the gate and puts its verdict into the run's `gate.json`.
 *
 * @param place where the live release is; undefined: there is none to compare with
 * @param overridden whether the release is published whatever comes: then what cannot be measured is no error
 */
export async function judge(
  candidate: Candidate,
  place: { readonly store: ObjectStore; readonly model: string } | undefined,
  options: GateOptions,
  command: Command,
  output: Output,
  override: string | undefined,
): Promise<Verdict> {
  const { release, folder, ofRun } = candidate;
  const bounds = await loadBounds(options.bounds);
  const verdict = await measure(candidate, place, options, bounds, command, output).catch((error: unknown) => {
    if (!isObstacle(error)) throw error;
    if (override !== undefined) return unmeasured(release, error.message, bounds);
    throw new TrainingError(
      'gate-failed',
      `The gate cannot measure the release: ${error.message} (To go on without: --override REASON)`,
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
  candidate: Candidate,
  place: { readonly store: ObjectStore; readonly model: string } | undefined,
  options: GateOptions,
  bounds: Bounds,
  command: Command,
  output: Output,
): Promise<Verdict> {
  const version = place && (await loadChannels(place.store, place.model)).channels?.channels[options.against]?.version;
  const live = place && version !== undefined ? await readStoredRelease(place.store, place.model, version) : undefined;
  const test = await testImages(candidate, live !== undefined, options.data, command, output);
  let bar = measureBar(output, test?.count ?? 0);
  let measured = candidate.release.manifest.version;
  try {
    return await runGate({
      candidate: candidate.release,
      live,
      test,
      bounds,
      onProgress(what, done, correct) {
        if (what !== measured) {
          bar.stop();
          bar = measureBar(output, test?.count ?? 0);
          measured = what;
        }
        bar.onProgress(done, correct);
      },
    });
  } finally {
    bar.stop();
  }
}

/** None for a release without its run when there is nothing to compare it with: then its own record is judged. */
async function testImages(
  { folder, release, ofRun }: Candidate,
  compared: boolean,
  named: string | undefined,
  command: Command,
  output: Output,
): Promise<ImageSet | undefined> {
  if (named === undefined && ofRun) return (await dataOfRun(await RunFolder.open(folder), output)).data.test;
  if (named === undefined && !compared) return undefined;
  const { data } = await testData(release.manifest, named, command, output);
  return data.test;
}

/** What keeps the gate from measuring, and is no fault of the store's or of the options. */
function isObstacle(error: unknown): error is Error {
  const codes = ['data-unavailable', 'data-altered', 'data-invalid', 'data-unreadable', 'data-changed', 'run-invalid'];
  return (
    error instanceof ReleaseError ||
    error instanceof NetworkError ||
    (error instanceof TrainingError && codes.includes(error.code))
  );
}
