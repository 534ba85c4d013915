/**
 * A release into object storage, so that a reader sees all of it or none: files first, `release.json` after them,
 * `channels.json` last. Nothing under a version is ever written twice; the channel moves by compare-and-swap.
 */
import { type Channels, moveChannel, readChannels, writeChannels } from '@glimpse/shared/release/channels';
import { type Manifest, readManifest, writeManifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { contentHash } from '@glimpse/shared/release/version';
import type { Release } from '../release/release-folder.ts';
import { TrainingError } from '../training-error.ts';
import type { ReleaseStore } from './store.ts';

export interface PublishOptions {
  readonly model: string;
  readonly channel: string;
  /** Of the callers who ask for no channel, 0-100: for the canary. */
  readonly percent?: number;
  /** Who moves the channel, for its history. */
  readonly actor: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

export interface Published {
  readonly version: string;
  /** The version that the channel served before; null where it is new. */
  readonly from: string | null;
  /** Objects written; 0 when all of it was there already. */
  readonly written: number;
}

/**
 * @param release as `readReleaseFolder` verified it
 * @throws {TrainingError} `publish-conflict` when the version exists with other content (nothing is written then), or
 * when somebody else moved the channel at the same time (run again); `store-failed`
 */
export async function publish(release: Release, store: ReleaseStore, options: PublishOptions): Promise<Published> {
  const manifest: Manifest = { ...release.manifest, model: options.model };
  const { model, version } = manifest;
  const channelsKey = objectKeys.channels(model);
  // Read before anything is written: a broken channels.json must stop the publisher while nothing has changed.
  const before = await store.get(channelsKey);
  const channels: Channels | undefined = before && readChannels(text(before.bytes));
  await assertSameOrAbsent(store, manifest);

  let written = 0;
  for (const { path } of manifest.files) {
    if (await putOnce(store, objectKeys.file(model, version, path), release.files.get(path)!)) written++;
  }
  const manifestBytes = new TextEncoder().encode(writeManifest(manifest));
  if (await store.put(objectKeys.manifest(model, version), manifestBytes, 'absent')) written++;

  const { channel, percent, actor, reason, time } = options;
  const now = channels?.channels[channel];
  const from = now?.version ?? null;
  if (from === version && now?.percent === percent) return { version, from, written };
  const moved = moveChannel(channels, {
    channel,
    to: version,
    actor,
    reason,
    time,
    ...(percent === undefined ? {} : { percent }),
  });
  const condition = before ? { etag: before.etag } : 'absent';
  if (!(await store.put(channelsKey, new TextEncoder().encode(writeChannels(moved)), condition))) {
    throw new TrainingError('publish-conflict', await whoWon(store, channelsKey, version));
  }
  return { version, from, written: written + 1 };
}

/** The same content under the version is a publish that was broken off, or one that is repeated. */
async function assertSameOrAbsent(store: ReleaseStore, manifest: Manifest): Promise<void> {
  const { model, version } = manifest;
  const existing = await store.get(objectKeys.manifest(model, version));
  if (!existing) return;
  const same =
    (await contentHash(readManifest(text(existing.bytes), { model, version }))) === (await contentHash(manifest));
  if (!same) {
    throw new TrainingError(
      'publish-conflict',
      `${model} ${version} exists in ${store.description} with other content. Nothing was written; a version never changes.`,
    );
  }
}

/** @returns false when the same bytes were there already */
async function putOnce(store: ReleaseStore, key: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (await store.put(key, bytes, 'absent')) return true;
  const existing = await store.get(key);
  if (existing && Buffer.compare(existing.bytes, bytes) === 0) return false;
  throw new TrainingError(
    'publish-conflict',
    `${key} exists in ${store.description} with other bytes. A version never changes.`,
  );
}

async function whoWon(store: ReleaseStore, key: string, version: string): Promise<string> {
  const now = await store.get(key);
  const last = now && readChannels(text(now.bytes)).history.at(-1);
  const winner = last
    ? `${last.actor} moved "${last.channel}" to ${last.to} at ${last.time}`
    : 'somebody moved a channel';
  return `While ${version} was being published, ${winner}. The release is stored, but no channel names it: publish again.`;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
