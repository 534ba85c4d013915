/** `glimpse keys list`: ids, never keys. */
import { Command } from 'commander';
import { listKeys } from '../../store/key-records.ts';
import { inColumns } from '../columns.ts';
import { addPrivateStoreOption, type PrivateStoreOptions, withPrivateStore } from '../private-store.ts';

export function listCommand(): Command {
  return addPrivateStoreOption(
    new Command('list').description('list the keys by their ids, the revoked ones too'),
  ).action((options: PrivateStoreOptions, command: Command) =>
    withPrivateStore(command, options, async (store, output) => {
      const { keys, damaged } = await listKeys(store);
      if (keys.length === 0) output.note(`${store.description} holds no key. Make one: glimpse keys create`);
      const lines = inColumns([
        ['id', 'kind', 'may', 'a day', 'created', 'state', 'name'],
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
      for (const object of damaged) output.note(`${object} is no record of a key: nothing uses it.`);
    }),
  );
}
