/** Removes old versions, and what killed publishers left behind. */
import { type Channels, readChannels } from '@glimpse/shared/release/channels';
import { objectKeys } from '@glimpse/shared/release/names';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { previousVersion } from './move.ts';
import type { StoredObjects } from './stored-versions.ts';

/** Younger leftovers may belong to a running publisher. */
const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000;

export interface PruneOptions {
  /** How many of the newest complete versions to keep. */
  readonly keep: number;
  /** Versions to keep in any case. */
  readonly pinned: readonly string[];
  readonly now: Date;
}

export interface PruneStep {
  /** Absent for a probe. */
  readonly version?: string;
  readonly what: 'version' | 'leftover' | 'probe';
  /** In deletion order: release.json first, so that a reader sees the whole version or none of it. */
  readonly keys: readonly string[];
  readonly size: number;
}

export interface PrunePlan {
  readonly remove: readonly PruneStep[];
  /** Versions to keep, and why. */
  readonly keep: readonly { readonly version: string; readonly why: string }[];
}

/** Plans only; deletes nothing. */
export function planPrune(stored: StoredObjects, channels: Channels | undefined, options: PruneOptions): PrunePlan {
  const reasons = keepReasons(channels, options.pinned);
  const recent = stored.versions.filter(({ complete }) => complete).slice(0, options.keep);
  for (const { version } of recent) if (!reasons.has(version)) reasons.set(version, 'recent');
  const isOld = (modified: Date) => options.now.getTime() - modified.getTime() > LEFTOVER_AGE_MS;
  const remove: PruneStep[] = [];
  const keep: { version: string; why: string }[] = [];
  for (const { version, complete, objects, size, modified } of stored.versions) {
    const why = reasons.get(version) ?? (complete || isOld(modified) ? undefined : 'possibly being published');
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
 * Skips a version that a channel has been moved to since the plan was made.
 *
 * @returns the steps that were taken
 * @throws {ReleaseError} `release-malformed` if channels.json is no longer readable; nothing more is deleted
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
    if (previous !== undefined && !reasons.has(previous)) reasons.set(previous, `rollback target of ${name}`);
    live.set(version, [...(live.get(version) ?? []), name]);
  }
  for (const [version, names] of live) reasons.set(version, `live on ${names.sort().join(', ')}`);
  return reasons;
}

function isManifest(key: string): boolean {
  return key.endsWith('/release.json');
}
