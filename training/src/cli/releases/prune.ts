/** `glimpse releases prune` */
import { Command } from 'commander';
import { planPrune, prune } from '../../publish/prune.ts';
import { storedObjects } from '../../publish/stored-versions.ts';
import { integer, version } from '../options.ts';
import { inColumns } from '../output.ts';
import { addStoreOptions, channelsOf, type StoredModelOptions, withModel } from './stored-model.ts';

interface PruneCommandOptions extends StoredModelOptions {
  readonly keep: number;
  readonly pin: readonly string[];
  readonly yes?: true;
}

export function pruneCommand(): Command {
  return addStoreOptions(
    new Command('prune')
      .description('remove versions that nobody needs, and what killed publishers left more than a day ago')
      .option(
        '--keep <n>',
        'newest versions to keep, besides those that are live or may be rolled back to',
        integer(0, 10_000),
        5,
      )
      .option(
        '--pin <versions...>',
        'versions to keep besides',
        (text: string, pins: string[]) => [...pins, version(text)],
        [],
      )
      .option('--yes', 'do it: without this, only say what would be removed'),
  ).action((options: PruneCommandOptions, command: Command) =>
    withModel(command, options, async (stored) => {
      const { store, model, output } = stored;
      const { channels } = await channelsOf(stored);
      const { keep, pin: pinned } = options;
      const plan = planPrune(await storedObjects(store, model), channels, { keep, pinned, now: new Date() });
      const taken = options.yes ? await prune(store, model, plan, pinned) : [];
      const rows = [
        ...plan.keep.map(({ version, why }) => ['keep', version, why]),
        ...plan.remove.map((step) => [
          options.yes ? (taken.includes(step) ? 'removed' : 'kept, since it is live now') : 'remove',
          step.version ?? step.keys[0]!,
          `${step.what}, ${step.keys.length} objects, ${step.size} bytes`,
        ]),
      ];
      const total = plan.remove.reduce((sum, { size }) => sum + size, 0);
      const last = options.yes
        ? `Removed ${taken.length} of ${plan.remove.length}.`
        : `Nothing was removed. ${plan.remove.length === 0 ? 'There is nothing to remove.' : `With --yes, ${plan.remove.length} would be: ${total} bytes.`}`;
      output.event(
        'pruned',
        { model, keep: plan.keep, remove: plan.remove, removed: taken.map((step) => step.version ?? step.keys[0]) },
        [...inColumns(rows), last].join('\n'),
      );
    }),
  );
}
