/** `glimpse feedback prune`. */
import { Command } from 'commander';
import { feedbackToPrune } from '../../feedback/prune.ts';
import { deleteFeedback, listFeedback } from '../../feedback/stored-feedback.ts';
import { integer } from '../options.ts';
import { addFeedbackOptions, type FeedbackOptions, RETENTION_DAYS, withFeedback } from './feedback-model.ts';

interface PruneCommandOptions extends FeedbackOptions {
  readonly days: number;
  readonly yes?: true;
}

export function pruneCommand(): Command {
  return addFeedbackOptions(
    new Command('prune')
      .description('delete old feedback, and images without a record')
      .option('--days <n>', 'how long to keep feedback, counted from the answer', integer(0, 36_500), RETENTION_DAYS)
      .option('--yes', 'delete; without it, only list what would be deleted'),
  ).action((options: PruneCommandOptions, command: Command) =>
    withFeedback(command, options, async ({ store, model, output }) => {
      const listed = await listFeedback(store, model);
      const old = feedbackToPrune(listed, options.days, new Date());
      const size = old.reduce((sum, each) => sum + each.size, 0);
      if (options.yes) for (const { id } of old) await deleteFeedback(store, model, id);
      output.event(
        'pruned',
        { model, days: options.days, ids: old.map(({ id }) => id), size, removed: options.yes ? old.length : 0 },
        options.yes
          ? `Deleted ${old.length} of ${listed.length}, ${size} bytes.`
          : `Nothing was deleted. --yes deletes ${old.length} of ${listed.length}, ${size} bytes.`,
      );
    }),
  );
}
