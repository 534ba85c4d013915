/** `glimpse feedback list`. */
import { Command } from 'commander';
import { listFeedback, readRecords } from '../../feedback/stored-feedback.ts';
import { inColumns } from '../output.ts';
import { addFeedbackOptions, type FeedbackOptions, sinceOption, withFeedback } from './feedback-model.ts';

interface ListCommandOptions extends FeedbackOptions {
  readonly since?: string;
}

export function listCommand(): Command {
  return addFeedbackOptions(
    new Command('list').description('list the feedback about a model, oldest answers first').addOption(sinceOption()),
  ).action((options: ListCommandOptions, command: Command) =>
    withFeedback(command, options, async ({ store, model, output }) => {
      const listed = await listFeedback(store, model, options.since);
      const ids = listed.filter(({ hasRecord }) => hasRecord).map(({ id }) => id);
      const { records, broken } = await readRecords(store, model, ids);
      if (records.length === 0) output.note(`${store.description} holds no feedback about ${model}.`);
      const lines = inColumns([
        ['id', 'label', 'answered', 'score', 'version', 'image'],
        ...records.map(({ id, label, answer, version, picture: image }) => [
          ...[id, label, answer.label, answer.score.toFixed(3), version],
          image ? `${image.format}, ${image.size} bytes` : '',
        ]),
      ]);
      for (const [i, record] of records.entries()) {
        output.event('feedback', record, i === 0 ? `${lines[0]}\n${lines[1]}` : lines[i + 1]!);
      }
      for (const { id, why } of broken) output.event('broken', { id, why }, `${id} ${why}.`);
    }),
  );
}
