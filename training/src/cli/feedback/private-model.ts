/** `--from STORE --model NAME`, which every verb of `feedback` has, and the ids that some take. */
import { feedbackIdSchema, locateFeedback } from '@glimpse/shared/feedback/names';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { openAccountStore } from '../../store/open-store.ts';
import { TrainingError } from '../../training-error.ts';
import { name, outputOf } from '../options.ts';
import type { Output } from '../output.ts';

export interface PrivateModelOptions {
  readonly from: string;
  readonly model: string;
}

export interface PrivateModel {
  readonly store: ObjectStore;
  readonly model: string;
  readonly output: Output;
}

/** How long feedback is kept, where nobody says otherwise; docs/feedback.md promises it. */
export const RETENTION_DAYS = 365;

export function addPrivateStoreOptions(command: Command): Command {
  return command
    .requiredOption('--model <name>', 'about whose answers', name)
    .addOption(
      new Option('--from <store>', 'the private bucket: local, or s3://bucket')
        .env('GLIMPSE_PRIVATE_STORE')
        .makeOptionMandatory(true),
    );
}

export function sinceOption(): Option {
  return new Option('--since <day>', 'answers of that day (UTC) and later: 2026-11-25').argParser(day);
}

function day(text: string): string {
  const date = new Date(`${text}T00:00:00Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(+date) && date.toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('A day looks like 2026-11-25.');
}

/** Opens the private store for the time of `use`. */
export async function withPrivateModel(
  command: Command,
  { from, model }: PrivateModelOptions,
  use: (opened: PrivateModel) => Promise<void>,
): Promise<void> {
  const store = await openAccountStore(from, process.cwd());
  try {
    await use({ store, model, output: outputOf(command) });
  } finally {
    await store.close();
  }
}

/**
 * @param text the id of a feedback, or of the answer that it is about, as apps have it
 * @throws {TrainingError} `feedback-missing` where it is neither, or of another model
 */
export async function feedbackIdOf(text: string, model: string): Promise<string> {
  if (feedbackIdSchema.safeParse(text).success) return text;
  const place = await locateFeedback(text);
  if (place?.model === model) return place.id;
  throw new TrainingError(
    'feedback-missing',
    place
      ? `The answer ${text.slice(0, 12)}… is of the model ${place.model}: use --model ${place.model}.`
      : `"${text.slice(0, 80)}" is neither the id of a feedback (2026-11-25-…, see: glimpse feedback list) nor of an answer.`,
  );
}
