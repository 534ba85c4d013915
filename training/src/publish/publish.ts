/**
 * A release into object storage, so that a reader sees all of it or none: files first, `release.json` after them,
 * `channels.json` last. Nothing under a version is ever written twice; the channel moves by compare-and-swap.
 */
import type { GateNote } from '@glimpse/shared/release/channels';
import { type Manifest, readManifest, writeManifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { type SigningKey, signManifest } from '@glimpse/shared/release/sign';
import { contentHash } from '@glimpse/shared/release/version';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { TrainingError } from '../training-error.ts';
import { commitMove, loadChannels } from './move.ts';
import { putOnce } from './put-once.ts';
import type { Release } from './release-folder.ts';

export interface PublishOptions {
  readonly model: string;
  readonly channel: string;
  /** The channel's share of the callers, 1 to 100; not for `stable`. */
  readonly percent?: number;
  /** Who moves the channel, for its history. */
  readonly actor: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly signingKey?: SigningKey;
  /** How the release passed the gate, for the history. */
  readonly gate?: GateNote;
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
 * @throws {TrainingError} `publish-conflict` when the version exists with other content or another signature (nothing is
 * written then), or when somebody else moved a channel at the same time (run again); `store-failed`
 */
export async function publish(release: Release, store: ObjectStore, options: PublishOptions): Promise<Published> {
  const manifest = await manifestOf(release.manifest, options);
  const { model, version } = manifest;
  // Read before anything is written: a broken channels.json must stop the publisher while nothing has changed.
  const before = await loadChannels(store, model);
  await assertSameOrAbsent(store, manifest);

  let written = 0;
  for (const { path } of manifest.files) {
    if (await putOnce(store, objectKeys.file(model, version, path), release.files.get(path)!)) written++;
  }
  const manifestBytes = new TextEncoder().encode(writeManifest(manifest));
  if (await store.put(objectKeys.manifest(model, version), manifestBytes, 'absent')) written++;
  // Somebody else may have published the version since, with a signature or without.
  else await assertSameOrAbsent(store, manifest);

  const { channel, percent, actor, reason, time, gate } = options;
  const served = before.channels?.channels[channel];
  const from = served?.version ?? null;
  if (from === version && served?.percent === percent) return { version, from, written };
  await commitMove(store, model, before, {
    ...{ channel, to: version, actor, reason, time },
    ...(percent === undefined ? {} : { percent }),
    ...(gate ? { gate } : {}),
  });
  return { version, from, written: written + 1 };
}

/** As it is stored: under the model's name, signed by the key or by nobody. */
export async function manifestOf(
  manifest: Manifest,
  { model, signingKey }: Pick<PublishOptions, 'model' | 'signingKey'>,
): Promise<Manifest> {
  const unsigned: Manifest = { ...manifest, model };
  delete unsigned.signature;
  return signingKey ? signManifest(unsigned, signingKey) : unsigned;
}

/** The same content under the version is a publish that was broken off, or one that is repeated. */
async function assertSameOrAbsent(store: ObjectStore, manifest: Manifest): Promise<void> {
  const { model, version } = manifest;
  const existing = await store.get(objectKeys.manifest(model, version));
  if (!existing) return;
  const there = readManifest(new TextDecoder().decode(existing.bytes), { model, version });
  const exists = `${model} ${version} exists in ${store.description}`;
  if ((await contentHash(there)) !== (await contentHash(manifest))) {
    throw new TrainingError(
      'publish-conflict',
      `${exists} with other content. Nothing was written; a version never changes.`,
    );
  }
  if (there.signature?.keyId !== manifest.signature?.keyId && manifest.signature) {
    throw new TrainingError(
      'publish-conflict',
      `${exists} ${there.signature ? `signed by the key ${there.signature.keyId}` : 'unsigned'}, and a version never changes. ` +
        `A further signature is put beside it: glimpse releases sign ${version} --model ${model} --from … --sign KEYFILE`,
    );
  }
}
