/** `glimpse feedback show` */
import { Command } from 'commander';
import { readRecord } from '../../feedback/stored-feedback.ts';
import { TrainingError } from '../../training-error.ts';
import { addPrivateStoreOptions, feedbackIdOf, type PrivateModelOptions, withPrivateModel } from './private-model.ts';

export function showCommand(): Command {
  return addPrivateStoreOptions(
    new Command('show').description('print one record').argument('<id>', "a feedback's id, or its answer's"),
  ).action((text: string, options: PrivateModelOptions, command: Command) =>
    withPrivateModel(command, options, async ({ store, model, output }) => {
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
