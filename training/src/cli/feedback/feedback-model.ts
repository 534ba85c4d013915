/** `--from STORE --model NAME`, the options of each `feedback` verb, and the ids that some accept. */
import { feedbackIdSchema, locateFeedback } from '@glimpse/shared/feedback/names';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { openAccountStore } from '../../store/open-store.ts';
import { TrainingError } from '../../training-error.ts';
import { name, outputOf } from '../options.ts';
import type { Output } from '../output.ts';

export interface FeedbackOptions {
  readonly from: string;
  readonly model: string;
}

export interface FeedbackModel {
  readonly store: ObjectStore;
  readonly model: string;
  readonly output: Output;
}

/** How long feedback is kept by default, as docs/feedback.md promises. */
export const RETENTION_DAYS = 365;

export function addFeedbackOptions(command: Command): Command {
  return command
    .requiredOption('--model <name>', 'the model that answered', name)
    .addOption(
      new Option('--from <store>', 'the private bucket: local, or s3://bucket')
        .env('GLIMPSE_PRIVATE_STORE')
        .makeOptionMandatory(true),
    );
}

export function sinceOption(): Option {
  return new Option('--since <day>', 'only answers of this day (UTC) and later: 2026-11-25').argParser(day);
}

function day(text: string): string {
  const date = new Date(`${text}T00:00:00Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(+date) && date.toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('A day has the form 2026-11-25.');
}

/** Opens the account store while `use` runs. */
export async function withFeedback(
  command: Command,
  { from, model }: FeedbackOptions,
  use: (opened: FeedbackModel) => Promise<void>,
): Promise<void> {
  const store = await openAccountStore(from, process.cwd());
  try {
    await use({ store, model, output: outputOf(command) });
  } finally {
    await store.close();
  }
}

/**
 * @param text the id of feedback, or of the answer it is about, which apps have
 * @throws {TrainingError} `feedback-missing` if it is neither, or of another model
 */
export async function feedbackIdOf(text: string, model: string): Promise<string> {
  if (feedbackIdSchema.safeParse(text).success) return text;
  const place = await locateFeedback(text);
  if (place?.model === model) return place.id;
  throw new TrainingError(
    'feedback-missing',
    place
      ? `The answer ${text.slice(0, 12)}… is by the model ${place.model}: use --model ${place.model}.`
      : `"${text.slice(0, 80)}" is neither the id of feedback (2026-11-25-…, see glimpse feedback list) nor of an answer.`,
  );
}
