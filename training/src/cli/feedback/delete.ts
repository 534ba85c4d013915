/** `glimpse feedback delete`. */
import { Command } from 'commander';
import { deleteFeedback } from '../../feedback/stored-feedback.ts';
import { addFeedbackOptions, type FeedbackOptions, feedbackIdOf, withFeedback } from './feedback-model.ts';

export function deleteCommand(): Command {
  return addFeedbackOptions(
    new Command('delete')
      .description('delete feedback and its images; pulled folders follow at the next pull')
      .argument('<ids...>', 'ids of feedback, or of the answers it is about'),
  ).action((texts: string[], options: FeedbackOptions, command: Command) =>
    withFeedback(command, options, async ({ store, model, output }) => {
      const ids = await Promise.all(texts.map((text) => feedbackIdOf(text, model)));
      for (const id of ids) {
        await deleteFeedback(store, model, id);
        output.event('deleted', { id, model }, `Deleted ${id} from ${store.description}.`);
      }
    }),
  );
}
