/** `glimpse feedback pull` */
import { join } from 'node:path';
import { Command } from 'commander';
import { pull } from '../../feedback/pull.ts';
import { addPrivateStoreOptions, type PrivateModelOptions, sinceOption, withPrivateModel } from './private-model.ts';

interface PullCommandOptions extends PrivateModelOptions {
  readonly since?: string;
  readonly out?: string;
}

export function pullCommand(): Command {
  return addPrivateStoreOptions(
    new Command('pull')
      .description('make a data folder of the feedback that came with images; again, and it is brought up to date')
      .addOption(sinceOption())
      .option('--out <folder>', 'where to (default: feedback/<model>)'),
  ).action((options: PullCommandOptions, command: Command) =>
    withPrivateModel(command, options, async ({ store, model, output }) => {
      const folder = options.out ?? join('feedback', model);
      const pulled = await pull(store, { model, since: options.since, folder });
      for (const { id, why } of pulled.broken) {
        output.event('broken', { id, why }, `Passed over: ${id} ${why}. To remove it: glimpse feedback delete ${id}`);
      }
      if (pulled.renamed.length > 0) {
        output.note(
          `No folder can be called ${pulled.renamed.map((label) => JSON.stringify(label)).join(', ')}: train on ${join(folder, 'labels.csv')}, which has the labels in full.`,
        );
      }
      const { records, images, fetched, removed } = pulled;
      output.event(
        'pulled',
        { folder, model, records, images, fetched, removed, broken: pulled.broken.length },
        `${folder}: ${records} records, ${images} with images (${fetched} fetched now), ${removed} gone since, ${pulled.broken.length} broken.` +
          (images > 0 ? ` Next: glimpse train --data ${folder}` : ''),
      );
    }),
  );
}
