/** `glimpse releases promote VERSION` */
import { DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import { Command } from 'commander';
import { changeChannel } from '../../publish/change-channel.ts';
import { actor } from '../actor.ts';
import { percent, version } from '../options.ts';
import {
  addStoreOptions,
  addTrustOption,
  channelOption,
  channelsOf,
  type StoredModelOptions,
  trustedKeys,
  withModel,
} from './stored-model.ts';

interface PromoteOptions extends StoredModelOptions {
  readonly channel: string;
  readonly percent?: number;
  readonly reason: string;
  readonly trust?: string;
}

export function promoteCommand(): Command {
  const promote = new Command('promote')
    .description('point a channel at a version that is stored, once it loads and verifies')
    .argument('<version>', '', version)
    .addOption(channelOption('the channel that shall serve it'))
    .option('--percent <n>', 'its share of the callers; not of stable', percent)
    .option('--reason <text>', 'for the history', 'promoted');
  return addTrustOption(addStoreOptions(promote)).action(
    async (to: string, options: PromoteOptions, command: Command) => {
      const { channel, percent, reason } = options;
      if (channel === DEFAULT_CHANNEL && percent !== undefined) {
        command.error('error: stable has no percent: it serves all whom no other channel does', { exitCode: 2 });
      }
      await withModel(command, options, async (stored) => {
        const before = await channelsOf(stored);
        const move = {
          ...{ channel, to, reason, actor: actor(), time: new Date().toISOString() },
          ...(percent === undefined ? {} : { percent }),
        };
        const from = before.channels.channels[channel]?.version ?? null;
        const { store, model, output } = stored;
        const moved = await changeChannel(store, model, before, move, await trustedKeys(options.trust));
        const share = percent === undefined ? '' : ` for ${percent} % of the callers`;
        output.event(
          'moved',
          { model, channel, from, to, percent, moved },
          moved
            ? `"${channel}" moved from ${from ?? 'nothing'} to ${to}${share}.`
            : `"${channel}" serves ${to}${share} already: nothing to do.`,
        );
      });
    },
  );
}
