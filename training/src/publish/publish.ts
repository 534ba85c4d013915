/**
 * Publishes a release so that a reader sees all of it or none: files first, then `release.json`, `channels.json` last. No
 * object of a version is ever overwritten; the channel moves by compare-and-swap.
 */
import type { GateNote } from '@glimpse/shared/release/channels';
import { type Manifest, readManifest, writeManifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { type SigningKey, signManifest } from '@glimpse/shared/release/sign';
import { contentHash } from '@glimpse/shared/release/version';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { putOnce } from '../store/conditional-writes.ts';
import { TrainingError } from '../training-error.ts';
import { canaryMove, commitMove, loadChannels } from './move.ts';
import type { Release } from './release-folder.ts';

export interface PublishOptions {
  readonly model: string;
  readonly channel: string;
  /** Percentage of callers routed to the channel, 1 to 100; not for `stable`. */
  readonly percent?: number;
  /** For the channel's history. */
  readonly actor: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly signingKey?: SigningKey;
  /** The gate's verdict, for the history. */
  readonly gate?: GateNote;
}

export interface Published {
  readonly version: string;
  /** The version that the channel served before; null for a new channel. */
  readonly from: string | null;
  /** Number of objects written; 0 if everything was stored already. */
  readonly written: number;
  /** Present if the move ended the canary. */
  readonly canaryEnded?: true;
}

/**
 * @param release as `readReleaseFolder` verified it
 * @throws {TrainingError} `publish-conflict` if the version exists with other content or another signature (nothing is
 * written), or if a channel was moved concurrently (run again); `store-failed` @throws {StoreError}
 */
export async function publish(release: Release, store: ObjectStore, options: PublishOptions): Promise<Published> {
  const manifest = await manifestOf(release.manifest, options);
  const { model, version } = manifest;
  // Read first: a broken channels.json must stop the publisher before it writes anything.
  const before = await loadChannels(store, model);
  await assertSameOrAbsent(store, manifest);

  let written = 0;
  for (const { path } of manifest.files) {
    if (await putOnce(store, objectKeys.file(model, version, path), release.files.get(path)!)) written++;
  }
  const manifestBytes = new TextEncoder().encode(writeManifest(manifest));
  if (await store.put(objectKeys.manifest(model, version), manifestBytes, 'absent')) written++;
  // Another publisher may have stored the version since then, with or without a signature.
  else await assertSameOrAbsent(store, manifest);

  const { channel, percent, actor, reason, time, gate } = options;
  const served = before.channels?.channels[channel];
  const from = served?.version ?? null;
  if (from === version && served?.percent === percent) return { version, from, written };
  const move = {
    ...{ channel, to: version, actor, reason, time },
    ...(percent === undefined ? {} : { percent }),
    ...(gate ? { gate } : {}),
  };
  await commitMove(store, model, before, move);
  const canaryEnded = canaryMove(before.channels, move, false) !== undefined;
  return { version, from, written: written + 1, ...(canaryEnded ? { canaryEnded } : {}) };
}

/** The manifest as it is stored: with the model's name, and signed if there is a key. */
export async function manifestOf(
  manifest: Manifest,
  { model, signingKey }: Pick<PublishOptions, 'model' | 'signingKey'>,
): Promise<Manifest> {
  const unsigned: Manifest = { ...manifest, model };
  delete unsigned.signature;
  return signingKey ? signManifest(unsigned, signingKey) : unsigned;
}

/** The same content means that an earlier publish was interrupted, or is being repeated. */
async function assertSameOrAbsent(store: ObjectStore, manifest: Manifest): Promise<void> {
  const { model, version } = manifest;
  const existing = await store.get(objectKeys.manifest(model, version));
  if (!existing) return;
  const stored = readManifest(new TextDecoder().decode(existing.bytes), { model, version });
  const exists = `${model} ${version} exists in ${store.description}`;
  if ((await contentHash(stored)) !== (await contentHash(manifest))) {
    throw new TrainingError(
      'publish-conflict',
      `${exists} with other content. Nothing was written: a version never changes.`,
    );
  }
  if (stored.signature?.keyId !== manifest.signature?.keyId && manifest.signature) {
    throw new TrainingError(
      'publish-conflict',
      `${exists} ${stored.signature ? `signed by the key ${stored.signature.keyId}` : 'unsigned'}, and a version never changes. ` +
        `Add a signature beside it: glimpse releases sign ${version} --model ${model} --from … --sign KEYFILE`,
    );
  }
}
