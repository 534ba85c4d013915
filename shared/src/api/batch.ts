/** The answer of `POST /v1/classify/batch`. */
import * as z from 'zod/mini';
import { classifyAnswerSchema } from './classify.ts';
import { problemDocumentSchema } from './problems.ts';

/** The result for one image: either `answer` or `problem`. */
const batchResultSchema = z.object({
  /** Same as the answer of a separate request. */
  answer: z.optional(classifyAnswerSchema),
  /** Why there is no answer. */
  problem: z.optional(problemDocumentSchema),
});

export const batchAnswerSchema = z.object({
  id: z.string(),
  /** In the order of the images in the request. */
  results: z.array(batchResultSchema),
});

export type BatchResult = z.infer<typeof batchResultSchema>;
export type BatchAnswer = z.infer<typeof batchAnswerSchema>;
