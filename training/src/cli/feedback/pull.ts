/** `glimpse feedback pull`. */
import { join } from 'node:path';
import { Command } from 'commander';
import { pull } from '../../feedback/pull.ts';
import { addFeedbackOptions, type FeedbackOptions, sinceOption, withFeedback } from './feedback-model.ts';

interface PullCommandOptions extends FeedbackOptions {
  readonly since?: string;
  readonly out?: string;
}

export function pullCommand(): Command {
  return addFeedbackOptions(
    new Command('pull')
      .description('create or update an image folder from feedback that has images')
      .addOption(sinceOption())
      .option('--out <folder>', 'the folder (default: feedback/<model>)'),
  ).action((options: PullCommandOptions, command: Command) =>
    withFeedback(command, options, async ({ store, model, output }) => {
      const folder = options.out ?? join('feedback', model);
      const pulled = await pull(store, { model, since: options.since, folder });
      for (const { id, why } of pulled.broken) {
        output.event('broken', { id, why }, `Skipped: ${id} ${why}. To delete it: glimpse feedback delete ${id}`);
      }
      if (pulled.renamed.length > 0) {
        output.note(
          `These labels are not valid folder names: ${pulled.renamed.map((label) => JSON.stringify(label)).join(', ')}. Train on ${join(folder, 'labels.csv')}, which has them in full.`,
        );
      }
      const { records, images, fetched, removed } = pulled;
      output.event(
        'pulled',
        { folder, model, records, images, fetched, removed, broken: pulled.broken.length },
        `${folder}: ${records} records, ${images} with images (${fetched} fetched now), ${removed} deleted since, ${pulled.broken.length} invalid.` +
          (images > 0 ? ` Next: glimpse train --data ${folder}` : ''),
      );
    }),
  );
}
