/** `glimpse keys list`: shows ids, never keys. */
import { Command } from 'commander';
import { listKeys } from '../../store/key-records.ts';
import { type AccountStoreOptions, addAccountStoreOption, withAccountStore } from '../account-store.ts';
import { inColumns } from '../output.ts';

export function listCommand(): Command {
  return addAccountStoreOption(new Command('list').description('list all keys by id, including revoked ones')).action(
    (options: AccountStoreOptions, command: Command) =>
      withAccountStore(command, options, async (store, output) => {
        const { keys, damaged } = await listKeys(store);
        if (keys.length === 0) output.note(`${store.description} holds no keys. Create one with glimpse keys create`);
        const lines = inColumns([
          ['id', 'kind', 'scopes', 'quota/day', 'created', 'state', 'name'],
          ...keys.map(({ id, kind, scopes, quotaPerDay, created, revoked, name, origins }) => [
            id,
            kind,
            scopes.join(' '),
            quotaPerDay === undefined ? '-' : String(quotaPerDay),
            created.slice(0, 10),
            revoked ? `revoked ${revoked.slice(0, 10)}` : 'valid',
            [name, ...origins].join(' '),
          ]),
        ]);
        for (const [i, { sha256: _, ...key }] of keys.entries()) {
          output.event('key', key, i === 0 ? `${lines[0]}\n${lines[1]}` : lines[i + 1]!);
        }
        for (const object of damaged) output.note(`${object} is not a valid key record; it is ignored.`);
      }),
  );
}
