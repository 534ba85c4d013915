/** `glimpse feedback show`. */
import { Command } from 'commander';
import { readRecord } from '../../feedback/stored-feedback.ts';
import { TrainingError } from '../../training-error.ts';
import { addFeedbackOptions, type FeedbackOptions, feedbackIdOf, withFeedback } from './feedback-model.ts';

export function showCommand(): Command {
  return addFeedbackOptions(
    new Command('show')
      .description('print one record')
      .argument('<id>', 'the id of feedback, or of the answer it is about'),
  ).action((text: string, options: FeedbackOptions, command: Command) =>
    withFeedback(command, options, async ({ store, model, output }) => {
      const id = await feedbackIdOf(text, model);
      const record = await readRecord(store, model, id);
      if (typeof record !== 'object') {
        throw new TrainingError(
          'feedback-missing',
          record === undefined ? `${store.description} has no feedback ${id} about ${model}.` : `${id} ${record}.`,
        );
      }
      output.event('feedback', record, JSON.stringify(record, null, 2));
    }),
  );
}
