/** `glimpse releases promote VERSION`. */
import { Command } from 'commander';
import { changeChannel } from '../../publish/change-channel.ts';
import { canaryMove, loadChannels } from '../../publish/move.ts';
import { actor } from '../actor.ts';
import { assertPercent, percentOption, version } from '../options.ts';
import {
  addStoreOptions,
  addTrustOption,
  channelOption,
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
    .description('move a channel to a stored version, after verifying it')
    .argument('<version>', '', version)
    .addOption(channelOption('the channel to move'))
    .addOption(percentOption())
    .option('--reason <text>', 'for the history', 'promoted');
  return addTrustOption(addStoreOptions(promote)).action(
    async (to: string, options: PromoteOptions, command: Command) => {
      const { channel, percent, reason } = options;
      assertPercent(command, options);
      await withModel(command, options, async (stored) => {
        const { store, model, output } = stored;
        // A model whose first release was uploaded has no channels yet.
        const before = await loadChannels(store, model);
        const move = {
          ...{ channel, to, reason, actor: actor(), time: new Date().toISOString() },
          ...(percent === undefined ? {} : { percent }),
        };
        const from = before.channels?.channels[channel]?.version ?? null;
        const moved = await changeChannel(store, model, before, move, await trustedKeys(options.trust));
        const canaryEnded = moved && canaryMove(before.channels, move, false) !== undefined;
        const share = percent === undefined ? '' : ` for ${percent}% of the callers`;
        output.event(
          'moved',
          { model, channel, from, to, percent, moved, canaryEnded },
          moved
            ? `"${channel}" moved from ${from ?? 'nothing'} to ${to}${share}.${canaryEnded ? ' The canary ended.' : ''}`
            : `"${channel}" already serves ${to}${share}: nothing to do.`,
        );
      });
    },
  );
}
