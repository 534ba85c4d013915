/**
 * `POST /models/{name}`: the API of Hugging Face's image classification
 * (https://huggingface.co/docs/inference-providers/tasks/image-classification), so that its clients work unchanged.
 */
import * as z from 'zod/mini';
import { predictionSchema } from './classify.ts';

/** A JSON body. Any other body is the image itself. */
export const huggingFaceRequestSchema = z.object({
  /** The image in base64. */
  inputs: z.string().check(z.minLength(1)),
  parameters: z.optional(
    z.nullable(
      z.object({
        /** Number of classes to return; clamped to the valid range. */
        top_k: z.optional(z.nullable(z.int32())),
        /** Scores are always probabilities; Hugging Face's other functions are not supported. */
        function_to_apply: z.optional(z.nullable(z.literal('softmax'))),
      }),
    ),
  ),
});

/** Best first. */
export const huggingFaceAnswerSchema = z.array(z.pick(predictionSchema, { label: true, score: true }));

export type HuggingFaceAnswer = z.infer<typeof huggingFaceAnswerSchema>;
