/** `glimpse feedback delete` */
import { Command } from 'commander';
import { deleteFeedback } from '../../feedback/stored-feedback.ts';
import { addPrivateStoreOptions, feedbackIdOf, type PrivateModelOptions, withPrivateModel } from './private-model.ts';

export function deleteCommand(): Command {
  return addPrivateStoreOptions(
    new Command('delete')
      .description('remove feedback, with its images; pulled folders follow at their next pull')
      .argument('<ids...>', 'of feedback, or of the answers that it is about'),
  ).action((texts: string[], options: PrivateModelOptions, command: Command) =>
    withPrivateModel(command, options, async ({ store, model, output }) => {
      const ids = await Promise.all(texts.map((text) => feedbackIdOf(text, model)));
      for (const id of ids) {
        await deleteFeedback(store, model, id);
        output.event('deleted', { id, model }, `Nothing of ${id} is in ${store.description} any more.`);
      }
    }),
  );
}
