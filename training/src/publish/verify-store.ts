/** Reads everything that is stored of a model, as a Worker would, and reports what is wrong. */

import { NetworkError } from '@glimpse/shared/model/network/network-error';
import { historyFaults } from '@glimpse/shared/release/channels';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import type { TrustedKey } from '@glimpse/shared/release/signature';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { TrainingError } from '../training-error.ts';
import { assertAnswers } from './change-channel.ts';
import { loadChannels, wholeHistory } from './move.ts';
import { readStoredRelease } from './stored-release.ts';
import { type StoredVersion, storedObjects } from './stored-versions.ts';

export interface StoreReport {
  /** Problems to fix: those of live versions first. */
  readonly faults: readonly string[];
  /** Harmless: leftovers and unknown objects. */
  readonly notes: readonly string[];
  /** How many versions are complete and valid. */
  readonly good: number;
}

/** @throws {StoreError} */
export async function verifyStore(
  store: ObjectStore,
  model: string,
  trusted: readonly TrustedKey[] | undefined,
  onProgress: (done: number, total: number) => void,
): Promise<StoreReport> {
  const { versions, unknown } = await storedObjects(store, model);
  const faults: string[] = [];
  const notes = unknown.map(({ key }) => `${key} does not belong to any version`);
  const live = await verifyChannels(store, model, faults);
  for (const [version, names] of live) {
    const stored = versions.find((each) => each.version === version);
    if (!stored?.complete) faults.push(`${names.join(', ')}: ${version} is live, but has no release.json`);
  }
  const complete = versions.filter((version) => version.complete);
  const others: string[] = [];
  let good = 0;
  for (const [index, version] of complete.entries()) {
    const fault = await faultOf(store, model, version, trusted, notes);
    const names = live.get(version.version);
    if (fault === undefined) good++;
    else (names ? faults : others).push(`${names ? `${names.join(', ')}: ` : ''}${version.version}: ${fault}`);
    onProgress(index + 1, complete.length);
  }
  for (const { version, complete } of versions) {
    if (!complete) notes.push(`${version} is incomplete: it has no release.json, so readers ignore it`);
  }
  return { faults: [...faults, ...others], notes, good };
}

/** @returns the names of the channels that serve each version */
async function verifyChannels(store: ObjectStore, model: string, faults: string[]): Promise<Map<string, string[]>> {
  const live = new Map<string, string[]>();
  try {
    const { channels } = await loadChannels(store, model);
    if (!channels) {
      faults.push('channels.json is missing: nothing is served');
      return live;
    }
    for (const [name, { version }] of Object.entries(channels.channels)) {
      live.set(version, [...(live.get(version) ?? []), name]);
    }
    const history = await wholeHistory(store, model, channels);
    faults.push(...historyFaults(channels, history).map((fault) => `history: ${fault}`));
  } catch (error) {
    faults.push(messageOf(error));
  }
  return live;
}

async function faultOf(
  store: ObjectStore,
  model: string,
  { version, objects }: StoredVersion,
  trusted: readonly TrustedKey[] | undefined,
  notes: string[],
): Promise<string | undefined> {
  try {
    const release = await readStoredRelease(store, model, version, trusted);
    await assertAnswers(release);
    const listed = new Set(['release.json', ...release.files.keys()]);
    for (const { key } of objects) {
      const name = key.slice(key.lastIndexOf('/') + 1);
      if (!listed.has(name) && !/^signature-[0-9a-f]{16}\.json$/.test(name))
        notes.push(`${key} is not a file of the release`);
    }
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** A failure of the store says nothing about the releases, so it is thrown. */
function messageOf(error: unknown): string {
  const known =
    error instanceof ReleaseError ||
    error instanceof NetworkError ||
    (error instanceof TrainingError && error.code === 'store-damaged');
  if (!known) throw error;
  return (error as Error).message;
}
