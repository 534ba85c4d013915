/** `glimpse keys revoke ID|KEY` */
import { identifyKey } from '@glimpse/shared/access/key-record';
import { readKeyText } from '@glimpse/shared/access/key-text';
import { Command } from 'commander';
import { revokeKey } from '../../store/key-records.ts';
import { addPrivateStoreOption, type PrivateStoreOptions, withPrivateStore } from '../private-store.ts';

export function revokeCommand(): Command {
  return addPrivateStoreOption(
    new Command('revoke')
      .description('make a key worthless, for ever')
      .argument('<id>', 'as glimpse keys list names it, or the key itself'),
  ).action(async (text: string, options: PrivateStoreOptions, command: Command) => {
    const id = /^[0-9a-f]{16}$/.test(text) ? text : await idOfKey(text, command);
    await withPrivateStore(command, options, async (store, output) => {
      const { record, before } = await revokeKey(store, id, new Date().toISOString());
      output.event(
        'revoked',
        { id, name: record.name, revoked: record.revoked, before },
        before
          ? `The key ${id} of ${record.name} was revoked already, at ${record.revoked}.`
          : `The key ${id} of ${record.name} is revoked. A Worker that knows it takes it for at most KEY_CACHE_SECONDS more (30 unless set).`,
      );
    });
  });
}

/** Exit 2 where it is neither. The message never repeats what may be a key. */
async function idOfKey(text: string, command: Command): Promise<string> {
  const read = readKeyText(text.trim());
  if (!('kind' in read)) {
    const what = read.foreign ? 'It is neither an id of 16 hex digits nor a key.' : read.message;
    command.error(`error: ${what}`, { exitCode: 2 });
  }
  return (await identifyKey(text.trim())).id;
}
