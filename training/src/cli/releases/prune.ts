/** `glimpse releases prune`. */
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
      .description('delete old versions, and leftovers of interrupted publishing that are more than a day old')
      .option(
        '--keep <n>',
        'how many of the newest versions to keep, besides live versions and rollback targets',
        integer(0, 10_000),
        5,
      )
      .option(
        '--pin <versions...>',
        'versions to keep in any case',
        (text: string, pins: string[]) => [...pins, version(text)],
        [],
      )
      .option('--yes', 'delete; without it, only list what would be deleted'),
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
          options.yes ? (taken.includes(step) ? 'deleted' : 'kept: live now') : 'delete',
          step.version ?? step.keys[0]!,
          `${step.what}, ${step.keys.length} objects, ${step.size} bytes`,
        ]),
      ];
      const total = plan.remove.reduce((sum, { size }) => sum + size, 0);
      const last = options.yes
        ? `Deleted ${taken.length} of ${plan.remove.length}.`
        : `Nothing was deleted. ${plan.remove.length === 0 ? 'There is nothing to delete.' : `--yes deletes ${plan.remove.length}: ${total} bytes.`}`;
      output.event(
        'pruned',
        { model, keep: plan.keep, remove: plan.remove, removed: taken.map((step) => step.version ?? step.keys[0]) },
        [...inColumns(rows), last].join('\n'),
      );
    }),
  );
}
