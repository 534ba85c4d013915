/** `glimpse feedback prune` */
import { Command } from 'commander';
import { feedbackToPrune } from '../../feedback/prune.ts';
import { deleteFeedback, listFeedback } from '../../feedback/stored-feedback.ts';
import { wholeNumber } from '../options.ts';
import { addPrivateStoreOptions, type PrivateModelOptions, RETENTION_DAYS, withPrivateModel } from './private-model.ts';

interface PruneCommandOptions extends PrivateModelOptions {
  readonly days: number;
  readonly yes?: true;
}

export function pruneCommand(): Command {
  return addPrivateStoreOptions(
    new Command('prune')
      .description('remove feedback that has been kept long enough, and images without a record')
      .option('--days <n>', 'to keep, counted from the answer', wholeNumber(0, 36_500), RETENTION_DAYS)
      .option('--yes', 'do it: without this, only say what would be removed'),
  ).action((options: PruneCommandOptions, command: Command) =>
    withPrivateModel(command, options, async ({ store, model, output }) => {
      const listed = await listFeedback(store, model);
      const old = feedbackToPrune(listed, options.days, new Date());
      const size = old.reduce((sum, each) => sum + each.size, 0);
      if (options.yes) for (const { id } of old) await deleteFeedback(store, model, id);
      output.event(
        'pruned',
        { model, days: options.days, ids: old.map(({ id }) => id), size, removed: options.yes ? old.length : 0 },
        options.yes
          ? `Removed ${old.length} of ${listed.length}, ${size} bytes.`
          : `Nothing was removed. With --yes, ${old.length} of ${listed.length} would be: ${size} bytes.`,
      );
    }),
  );
}
