/** A feedback record: `feedback/<model>/<day>/<hash>.json` in the private bucket. It has nothing about the sender. */
import * as z from 'zod/mini';
import { sentFormats } from '../image/formats.ts';
import { nameSchema, versionSchema } from '../release/names.ts';
import { feedbackIdSchema } from './names.ts';

/** Incremented if a reader of the old format would misunderstand the new one. */
export const FEEDBACK_FORMAT = 1;
/** Larger objects are not read. */
export const MAX_RECORD_BYTES = 16 * 1024;

const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in lower-case hex'));
const label = z.string().check(z.minLength(1), z.maxLength(1000));
const side = z.int().check(z.gte(1), z.lte(65_535));

const storedImageSchema = z.object({
  /** `rgb8` and `grey8` are raw pixels, row by row; they have `width` and `height`. */
  format: z.enum(sentFormats),
  width: z.optional(side),
  height: z.optional(side),
  /** Bytes of the image as stored, without metadata. */
  size: z.int().check(z.positive()),
  sha256: hash,
});

const feedbackRecordSchema = z.object({
  formatVersion: z.literal(FEEDBACK_FORMAT),
  id: feedbackIdSchema,
  model: nameSchema,
  version: versionSchema,
  /** The service's answer. */
  answer: z.object({ label, index: z.int().check(z.nonnegative()), score: z.number(), time: z.iso.datetime() }),
  /** The correct label according to the sender; one of the release's labels. */
  label,
  /** When the feedback was sent; the latest counts. */
  time: z.iso.datetime(),
  /** Of the bytes that were classified. */
  sentSha256: hash,
  /** Only with consent, and if the owner stores images. */
  picture: z.optional(storedImageSchema),
});

export type FeedbackRecord = z.infer<typeof feedbackRecordSchema>;
export type StoredImage = z.infer<typeof storedImageSchema>;

/** @returns the record, or a message that says why it is invalid */
export function readFeedbackRecord(json: string, location: { model: string; id: string }): FeedbackRecord | string {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    return 'is not JSON';
  }
  const result = feedbackRecordSchema.safeParse(data);
  if (!result.success)
    return `is not a feedback record: invalid ${result.error.issues.map(({ path }) => path.join('.')).join(', ')}`;
  const record = result.data;
  if (record.model !== location.model || record.id !== location.id) return 'belongs under another key';
  return record;
}
