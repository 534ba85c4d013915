/** `POST /v1/feedback` and `DELETE /v1/feedback/{id}`: what they take and what they answer. */
import * as z from 'zod/mini';
import { MAX_ID_LENGTH } from '../feedback/answer-id.ts';

export const feedbackSchema = z.object({
  /** Of an answer of `POST /v1/classify`. */
  id: z.string().check(z.minLength(1), z.maxLength(MAX_ID_LENGTH)),
  /** What the image shows: one of the labels of the release that answered. */
  label: z.string().check(z.minLength(1), z.maxLength(1000)),
  /** The image that was classified, the same bytes, as base64 (RFC 4648), with or without padding or a `data:` prefix. */
  image: z.optional(z.string()),
  /** That `image` may be stored and trained on. */
  consent: z.optional(z.boolean()),
});

export const feedbackAnswerSchema = z.object({
  /** Of what was stored; operators find it by this. */
  id: z.string(),
});

export type Feedback = z.infer<typeof feedbackSchema>;
export type FeedbackAnswer = z.infer<typeof feedbackAnswerSchema>;
