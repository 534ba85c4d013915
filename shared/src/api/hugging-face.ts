/**
 * `POST /models/{name}`: the shape of Hugging Face's image classification
 * (https://huggingface.co/docs/inference-providers/tasks/image-classification), so that its clients work unchanged.
 */
import * as z from 'zod/mini';
import { predictionSchema } from './classify.ts';

/** Of a JSON body. Every other body is the image itself. */
export const huggingFaceRequestSchema = z.object({
  /** The image in base64. */
  inputs: z.string().check(z.minLength(1)),
  parameters: z.optional(
    z.nullable(
      z.object({
        /** How many classes to name; what is out of range is taken as the nearest that is not. */
        top_k: z.optional(z.nullable(z.int32())),
        /** Scores are probabilities: the other functions of Hugging Face cannot be had. */
        function_to_apply: z.optional(z.nullable(z.literal('softmax'))),
      }),
    ),
  ),
});

/** Best first. */
export const huggingFaceAnswerSchema = z.array(z.pick(predictionSchema, { label: true, score: true }));

export type HuggingFaceAnswer = z.infer<typeof huggingFaceAnswerSchema>;
