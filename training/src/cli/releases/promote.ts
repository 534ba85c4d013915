/** `glimpse releases promote VERSION` */
import { Command } from 'commander';
import { changeChannel } from '../../publish/change-channel.ts';
import { actor } from '../actor.ts';
import { assertPercent, percentOption, version } from '../options.ts';
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
    .addOption(percentOption())
    .option('--reason <text>', 'for the history', 'promoted');
  return addTrustOption(addStoreOptions(promote)).action(
    async (to: string, options: PromoteOptions, command: Command) => {
      const { channel, percent, reason } = options;
      assertPercent(command, options);
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
