/** What is stored of a feedback: `feedback/<model>/<day>/<hash>.json` in the private bucket. Nothing of who sent it. */
import * as z from 'zod/mini';
import { sentFormats } from '../image/formats.ts';
import { nameSchema, versionSchema } from '../release/names.ts';
import { feedbackIdSchema } from './names.ts';

/** Raised when a reader of the old format would misunderstand the new one. */
export const FEEDBACK_FORMAT = 1;
/** A record is read no further. */
export const MAX_RECORD_BYTES = 16 * 1024;

const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in lower-case hex'));
const label = z.string().check(z.minLength(1), z.maxLength(1000));
const side = z.int().check(z.gte(1), z.lte(65_535));

const storedImageSchema = z.object({
  /** `rgb8` and `grey8` are pixels, row by row, of the size that stands beside. */
  format: z.enum(sentFormats),
  width: z.optional(side),
  height: z.optional(side),
  /** Of the image as stored, which is without its metadata. */
  size: z.int().check(z.positive()),
  sha256: hash,
});

const feedbackRecordSchema = z.object({
  formatVersion: z.literal(FEEDBACK_FORMAT),
  id: feedbackIdSchema,
  model: nameSchema,
  version: versionSchema,
  /** What the service had said. */
  answer: z.object({ label, index: z.int().check(z.nonnegative()), score: z.number(), time: z.iso.datetime() }),
  /** What the image shows, says whoever sent this. One of the release's labels. */
  label,
  /** When that was said; the last word counts. */
  time: z.iso.datetime(),
  /** Of what had been classified. */
  sentSha256: hash,
  /** Only with consent, and where the operator stores images. */
  picture: z.optional(storedImageSchema),
});

export type FeedbackRecord = z.infer<typeof feedbackRecordSchema>;
export type StoredImage = z.infer<typeof storedImageSchema>;

/** @returns the record, or for people why it is none */
export function readFeedbackRecord(json: string, place: { model: string; id: string }): FeedbackRecord | string {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    return 'is not JSON';
  }
  const result = feedbackRecordSchema.safeParse(data);
  if (!result.success) return `is no feedback: ${result.error.issues.map(({ path }) => path.join('.')).join(', ')}`;
  const record = result.data;
  if (record.model !== place.model || record.id !== place.id) return 'is the feedback of another place';
  return record;
}
