/** `glimpse releases history [--at TIME]`. */
import { liveAt, type Move } from '@glimpse/shared/release/channels';
import { Command, InvalidArgumentError } from 'commander';
import { wholeHistory } from '../../publish/move.ts';
import { name } from '../options.ts';
import { addStoreOptions, channelsOf, type StoredModelOptions, withModel } from './stored-model.ts';

interface HistoryOptions extends StoredModelOptions {
  readonly at?: string;
  readonly channel?: string;
}

export function historyCommand(): Command {
  return addStoreOptions(
    new Command('history')
      .description('show all channel moves, newest first, or what was live at a given time')
      .option('--at <time>', 'show what was live at this time: 2026-11-25T03:12Z, or any ISO 8601', time)
      .option('--channel <name>', 'only this channel', name),
  ).action((options: HistoryOptions, command: Command) =>
    withModel(command, options, async (stored) => {
      const { channels } = await channelsOf(stored);
      const moves = await wholeHistory(stored.store, stored.model, channels);
      const { at, channel } = options;
      const { output } = stored;
      if (at !== undefined) {
        for (const one of channel === undefined ? Object.keys(channels.channels).sort() : [channel]) {
          const move = liveAt(moves, one, at);
          output.event(
            'live',
            { channel: one, at, version: move?.to ?? null, since: move?.time ?? null, percent: move?.percent },
            move ? `${one} at ${at}: ${move.to}${share(move)}, since ${move.time}` : `${one} at ${at}: nothing yet`,
          );
        }
        return;
      }
      for (const move of moves.toReversed()) {
        if (channel === undefined || move.channel === channel) output.event('move', move, describe(move));
      }
    }),
  );
}

function describe(move: Move): string {
  const { time, actor, channel, from, to, reason, gate } = move;
  const lines = [`${time}  ${channel}  ${from ?? 'nothing'} → ${to}${share(move)}  by ${actor}: ${reason}`];
  if (gate) {
    const how = gate.verdict === 'passed' ? 'gate passed' : `gate overridden (${gate.override ?? 'no reason'})`;
    lines.push(`    ${how}: ${gate.figures}`);
  }
  return lines.join('\n');
}

function share({ percent }: Move): string {
  return percent === undefined ? '' : ` (${percent}%)`;
}

function time(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:\d{2}))?$/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new InvalidArgumentError('Use a time such as 2026-11-25T03:12Z or 2026-11-25T04:12+01:00.');
  }
  return text;
}
