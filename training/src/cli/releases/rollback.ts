/** `glimpse releases rollback` */
import { Command } from 'commander';
import { changeChannel } from '../../publish/change-channel.ts';
import { previousVersion, wholeHistory } from '../../publish/move.ts';
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
    .description('point a channel back at the version before, once that loads and verifies')
    .addOption(channelOption('the channel to move'))
    .option('--to <version>', 'another version than the one before', version)
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
          `The history knows no version of ${model} before ${from ?? 'nothing'} on "${channel}". Name one: --to VERSION (glimpse releases list).`,
        );
      }
      const move = {
        ...{ channel, to, reason, actor: actor(), time: new Date().toISOString() },
        ...(current.percent === undefined ? {} : { percent: current.percent }),
      };
      const moved = await changeChannel(store, model, before, move, await trustedKeys(options.trust));
      output.event(
        'moved',
        { model, channel, from, to, percent: current.percent, moved },
        moved ? `"${channel}" went back from ${from} to ${to}.` : `"${channel}" serves ${to} already: nothing to do.`,
      );
    }),
  );
}
