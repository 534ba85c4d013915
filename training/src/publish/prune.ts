/** Takes out of the store what nobody will ask for: old versions, and what killed publishers left behind. */
import { type Channels, readChannels } from '@glimpse/shared/release/channels';
import { objectKeys } from '@glimpse/shared/release/names';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { previousVersion } from './rollback-target.ts';
import type { StoredObjects } from './stored-versions.ts';

/** What is younger may belong to a publisher that is at work. */
const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000;

export interface PruneOptions {
  /** Newest complete versions that are kept. */
  readonly keep: number;
  /** Versions that are kept besides. */
  readonly pinned: readonly string[];
  readonly now: Date;
}

export interface PruneStep {
  /** Absent for a probe. */
  readonly version?: string;
  readonly what: 'version' | 'leftover' | 'probe';
  /** In the order in which they are deleted: release.json first, so that a reader sees all of the version or none. */
  readonly keys: readonly string[];
  readonly size: number;
}

export interface PrunePlan {
  readonly remove: readonly PruneStep[];
  /** Versions that stay, and why. */
  readonly keep: readonly { readonly version: string; readonly why: string }[];
}

/** Decides; deletes nothing. */
export function planPrune(stored: StoredObjects, channels: Channels | undefined, options: PruneOptions): PrunePlan {
  const reasons = keepReasons(channels, options.pinned);
  const recent = stored.versions.filter(({ complete }) => complete).slice(0, options.keep);
  for (const { version } of recent) if (!reasons.has(version)) reasons.set(version, 'recent');
  const isOld = (modified: Date) => options.now.getTime() - modified.getTime() > LEFTOVER_AGE_MS;
  const remove: PruneStep[] = [];
  const keep: { version: string; why: string }[] = [];
  for (const { version, complete, objects, size, modified } of stored.versions) {
    const why = reasons.get(version) ?? (complete || isOld(modified) ? undefined : 'perhaps being published');
    if (why !== undefined) {
      keep.push({ version, why });
      continue;
    }
    const keys = objects.map(({ key }) => key).sort((a, b) => Number(isManifest(b)) - Number(isManifest(a)));
    remove.push({ version, what: complete ? 'version' : 'leftover', keys, size });
  }
  for (const { key, size, modified } of stored.probes) {
    if (isOld(modified)) remove.push({ what: 'probe', keys: [key], size });
  }
  return { remove, keep };
}

/**
 * @returns the steps that were taken; one is left out whose version was moved to meanwhile
 * @throws {ReleaseError} `release-malformed` before anything more is deleted when channels.json can no longer be read
 */
export async function prune(
  store: ObjectStore,
  model: string,
  plan: PrunePlan,
  pinned: readonly string[],
): Promise<PruneStep[]> {
  const taken: PruneStep[] = [];
  for (const step of plan.remove) {
    const object = await store.get(objectKeys.channels(model));
    const channels = object && readChannels(new TextDecoder().decode(object.bytes));
    if (step.version !== undefined && keepReasons(channels, pinned).has(step.version)) continue;
    for (const key of step.keys) await store.delete(key);
    taken.push(step);
  }
  return taken;
}

function keepReasons(channels: Channels | undefined, pinned: readonly string[]): Map<string, string> {
  const reasons = new Map<string, string>();
  for (const version of pinned) reasons.set(version, 'pinned');
  const live = new Map<string, string[]>();
  for (const [name, { version }] of Object.entries(channels?.channels ?? {})) {
    const previous = previousVersion(channels!.history, name);
    if (previous !== undefined && !reasons.has(previous)) reasons.set(previous, `where ${name} rolls back to`);
    live.set(version, [...(live.get(version) ?? []), name]);
  }
  for (const [version, names] of live) reasons.set(version, `live on ${names.sort().join(', ')}`);
  return reasons;
}

function isManifest(key: string): boolean {
  return key.endsWith('/release.json');
}
