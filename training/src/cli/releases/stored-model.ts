/** `--from STORE --model NAME`, the options of each `releases` verb. */
import { DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import { parsePublicKeys, type TrustedKey } from '@glimpse/shared/release/signature';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { type Command, Option } from 'commander';
import { loadChannels } from '../../publish/move.ts';
import { openStore } from '../../store/open-store.ts';
import { name, outputOf } from '../options.ts';
import type { Output } from '../output.ts';

export interface StoredModelOptions {
  readonly from: string;
  readonly model: string;
}

export interface StoredModel {
  readonly store: ObjectStore;
  readonly model: string;
  readonly output: Output;
}

export function addStoreOptions(command: Command): Command {
  return command
    .requiredOption('--model <name>', 'the model', name)
    .addOption(
      new Option('--from <store>', 'local, or s3://bucket/prefix').env('GLIMPSE_STORE').makeOptionMandatory(true),
    );
}

/** Signatures are verified if keys are given. */
export function addTrustOption(command: Command): Command {
  return command.addOption(
    new Option('--trust <keys>', 'comma-separated public keys, one of which must have signed the release').env(
      'GLIMPSE_PUBLIC_KEYS',
    ),
  );
}

export function trustedKeys(text: string | undefined): Promise<readonly TrustedKey[]> | undefined {
  return text === undefined ? undefined : parsePublicKeys(text);
}

export function channelOption(what: string): Option {
  return new Option('--channel <name>', what).argParser(name).default(DEFAULT_CHANNEL);
}

/** Opens the store while `use` runs. */
export async function withModel(
  command: Command,
  { from, model }: StoredModelOptions,
  use: (stored: StoredModel) => Promise<void>,
): Promise<void> {
  const store = await openStore(from, process.cwd());
  try {
    await use({ store, model, output: outputOf(command) });
  } finally {
    await store.close();
  }
}

/** @throws {ReleaseError} `release-missing` if the model has no channels */
export async function channelsOf({ store, model }: StoredModel) {
  const read = await loadChannels(store, model);
  if (!read.channels) {
    throw new ReleaseError(
      'release-missing',
      `${store.description} has no model ${model}. Publish a release first: glimpse publish RUN --model ${model} --to …`,
    );
  }
  return { ...read, channels: read.channels };
}
