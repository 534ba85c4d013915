/** `glimpse releases list`. */
import { ReleaseError } from '@glimpse/shared/release/release-error';
import { Command } from 'commander';
import { loadChannels } from '../../publish/move.ts';
import { storedObjects } from '../../publish/stored-versions.ts';
import { inColumns } from '../output.ts';
import { addStoreOptions, type StoredModelOptions, withModel } from './stored-model.ts';

export function listCommand(): Command {
  return addStoreOptions(
    new Command('list').description('list the stored versions, newest first, and the channels that serve them'),
  ).action((options: StoredModelOptions, command: Command) =>
    withModel(command, options, async ({ store, model, output }) => {
      const { channels } = await loadChannels(store, model);
      const { versions } = await storedObjects(store, model);
      const servedBy = (version: string) =>
        Object.entries(channels?.channels ?? {}).flatMap(([name, channel]) =>
          channel.version === version
            ? [{ channel: name, ...(channel.percent !== undefined && { percent: channel.percent }) }]
            : [],
        );
      const rows = versions.map(({ version, size, complete, modified }) => ({
        version,
        bytes: size,
        complete,
        modified: modified.toISOString(),
        served: servedBy(version),
      }));
      if (rows.length === 0) {
        const { folders } = await store.list('models/', { delimiter: '/' });
        const models = folders.map((folder) => folder.slice('models/'.length, -1));
        const has = models.length === 0 ? 'It has no models.' : `Its models: ${models.join(', ')}.`;
        throw new ReleaseError('release-missing', `${store.description} has no releases of ${model}. ${has}`);
      }
      const lines = inColumns([
        ['version', 'bytes', 'stored', 'served by'],
        ...rows.map(({ version, bytes, modified, complete, served }) => [
          version,
          String(bytes),
          `${modified.slice(0, 16).replace('T', ' ')} UTC`,
          complete
            ? served
                .map(
                  ({ channel, percent }) =>
                    `${channel}${percent === undefined ? '' : percent === 0 ? ' 0% (ended)' : ` ${percent}%`}`,
                )
                .join(', ')
            : 'incomplete',
        ]),
      ]);
      for (const [i, row] of rows.entries())
        output.event('version', row, i === 0 ? `${lines[0]}\n${lines[1]}` : lines[i + 1]!);
    }),
  );
}
