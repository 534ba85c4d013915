/** `--to STORE`, the account store: an option of each `keys` verb. */

import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { type Command, Option } from 'commander';
import { openAccountStore } from '../store/open-store.ts';
import { outputOf } from './options.ts';
import type { Output } from './output.ts';

export interface AccountStoreOptions {
  readonly to: string;
}

export function addAccountStoreOption(command: Command): Command {
  return command.addOption(
    new Option('--to <store>', 'the private bucket: local, or s3://bucket')
      .env('GLIMPSE_PRIVATE_STORE')
      .makeOptionMandatory(true),
  );
}

/** Opens the store while `use` runs. */
export async function withAccountStore(
  command: Command,
  { to }: AccountStoreOptions,
  use: (store: ObjectStore, output: Output) => Promise<void>,
): Promise<void> {
  const store = await openAccountStore(to, process.cwd());
  try {
    await use(store, outputOf(command));
  } finally {
    await store.close();
  }
}
