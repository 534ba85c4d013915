/** `glimpse keys revoke ID|KEY`. */
import { identifyKey } from '@glimpse/shared/access/key-record';
import { readKeyText } from '@glimpse/shared/access/key-text';
import { Command } from 'commander';
import { revokeKey } from '../../store/key-records.ts';
import { type AccountStoreOptions, addAccountStoreOption, withAccountStore } from '../account-store.ts';

export function revokeCommand(): Command {
  return addAccountStoreOption(
    new Command('revoke')
      .description('revoke a key permanently')
      .argument('<id>', 'the id that glimpse keys list shows, or the key itself'),
  ).action(async (text: string, options: AccountStoreOptions, command: Command) => {
    const id = /^[0-9a-f]{16}$/.test(text) ? text : await idOfKey(text, command);
    await withAccountStore(command, options, async (store, output) => {
      const { record, before } = await revokeKey(store, id, new Date().toISOString());
      output.event(
        'revoked',
        { id, name: record.name, revoked: record.revoked, before },
        before
          ? `The key ${id} of ${record.name} was already revoked at ${record.revoked}.`
          : `Revoked the key ${id} of ${record.name}. Workers that have cached it accept it for up to KEY_CACHE_SECONDS more (30 by default).`,
      );
    });
  });
}

/** Exits with 2 if it is neither. The message never repeats what may be a key. */
async function idOfKey(text: string, command: Command): Promise<string> {
  const read = readKeyText(text.trim());
  if (!('kind' in read)) {
    const what = read.foreign ? 'This is neither an id of 16 hex digits nor a key.' : read.message;
    command.error(`error: ${what}`, { exitCode: 2 });
  }
  return (await identifyKey(text.trim())).id;
}
