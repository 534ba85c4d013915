/** Requests and answers of `POST /v1/feedback` and `DELETE /v1/feedback/{id}`. */
import * as z from 'zod/mini';
import { MAX_ID_LENGTH } from '../feedback/answer-id.ts';

export const feedbackSchema = z.strictObject({
  /** The id of an answer of `POST /v1/classify`. */
  id: z.string().check(z.minLength(1), z.maxLength(MAX_ID_LENGTH)),
  /** The correct label; one of the labels of the release that answered. */
  label: z.string().check(z.minLength(1), z.maxLength(1000)),
  /** The bytes that were classified, as base64 (RFC 4648), with or without padding or a `data:` prefix. */
  image: z.optional(z.string()),
  /** Whether `image` may be stored and used for training. */
  consent: z.optional(z.boolean()),
});

export const feedbackAnswerSchema = z.object({
  /** The id of the stored feedback, for the owner. */
  id: z.string(),
});

export type Feedback = z.infer<typeof feedbackSchema>;
export type FeedbackAnswer = z.infer<typeof feedbackAnswerSchema>;
