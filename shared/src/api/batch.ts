/** `POST /v1/classify/batch`: what it answers. */
import * as z from 'zod/mini';
import { classifyAnswerSchema } from './classify.ts';
import { problemDocumentSchema } from './problems.ts';

/** Of one image: one of the two is there. */
const batchResultSchema = z.object({
  /** As a request of its own would have been answered. */
  answer: z.optional(classifyAnswerSchema),
  /** Why there is none. */
  problem: z.optional(problemDocumentSchema),
});

export const batchAnswerSchema = z.object({
  id: z.string(),
  /** In the order in which the images were sent. */
  results: z.array(batchResultSchema),
});

export type BatchResult = z.infer<typeof batchResultSchema>;
export type BatchAnswer = z.infer<typeof batchAnswerSchema>;
