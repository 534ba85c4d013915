/** `glimpse releases rollback`. */
import { Command } from 'commander';
import { changeChannel } from '../../publish/change-channel.ts';
import { canaryMove, previousVersion, wholeHistory } from '../../publish/move.ts';
import { TrainingError } from '../../training-error.ts';
import { actor } from '../actor.ts';
import { version } from '../options.ts';
import {
  addStoreOptions,
  addTrustOption,
  channelOption,
  channelsOf,
  type StoredModelOptions,
  trustedKeys,
  withModel,
} from './stored-model.ts';

interface RollbackOptions extends StoredModelOptions {
  readonly channel: string;
  readonly to?: string;
  readonly reason: string;
  readonly trust?: string;
}

export function rollbackCommand(): Command {
  const rollback = new Command('rollback')
    .description('move a channel back to its previous version, after verifying it')
    .addOption(channelOption('the channel to move'))
    .option('--to <version>', 'roll back to this version instead of the previous one', version)
    .option('--reason <text>', 'for the history', 'rolled back');
  return addTrustOption(addStoreOptions(rollback)).action((options: RollbackOptions, command: Command) =>
    withModel(command, options, async (stored) => {
      const { channel, reason } = options;
      const { store, model, output } = stored;
      const before = await channelsOf(stored);
      const current = before.channels.channels[channel];
      const from = current?.version ?? null;
      const to = options.to ?? previousVersion(await wholeHistory(store, model, before.channels), channel);
      if (to === undefined || current === undefined) {
        throw new TrainingError(
          'config-invalid',
          `The history of "${channel}" has no version of ${model} before ${from ?? 'the first'}. Choose one with --to VERSION (see glimpse releases list).`,
        );
      }
      const move = {
        ...{ channel, to, reason, actor: actor(), time: new Date().toISOString() },
        ...(current.percent === undefined ? {} : { percent: current.percent }),
      };
      const moved = await changeChannel(store, model, before, move, await trustedKeys(options.trust), {
        rollback: true,
      });
      const canaryEnded = moved && canaryMove(before.channels, move, true) !== undefined;
      output.event(
        'moved',
        { model, channel, from, to, percent: current.percent, moved, canaryEnded },
        moved
          ? `"${channel}" rolled back from ${from} to ${to}.${canaryEnded ? ' The canary ended.' : ''}`
          : `"${channel}" already serves ${to}: nothing to do.`,
      );
    }),
  );
}
