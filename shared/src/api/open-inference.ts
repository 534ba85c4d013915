/**
 * `/v2/…`: the Open Inference Protocol, version 2, over HTTP and JSON
 * (https://github.com/kserve/open-inference-protocol), for clients of Triton and KServe.
 */
import * as z from 'zod/mini';

/** The body of errors, here and in the Hugging Face API. */
export const errorSchema = z.object({ error: z.string() });

export const serverMetadataSchema = z.object({
  name: z.string(),
  version: z.string(),
  extensions: z.array(z.string()),
});

export const liveSchema = z.object({ live: z.boolean() });
export const readySchema = z.object({ ready: z.boolean() });
export const modelReadySchema = z.object({ name: z.string(), ready: z.boolean() });

const tensorMetadataSchema = z.object({
  name: z.string(),
  datatype: z.enum(['BYTES', 'UINT8', 'FP32', 'INT32']),
  /** -1: the number of images. */
  shape: z.array(z.int()),
});

export const modelMetadataSchema = z.object({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.string(),
  /** Alternatives; a request has exactly one of them. */
  inputs: z.array(tensorMetadataSchema),
  outputs: z.array(tensorMetadataSchema),
});

const parametersSchema = z.record(z.string(), z.unknown());

/** The tensor's elements, nested or flat. The strings of a BYTES tensor are images in base64. */
const dataSchema = z.array(z.unknown());

export const inferRequestSchema = z.object({
  /** Returned in the answer. */
  id: z.optional(z.string().check(z.maxLength(200))),
  parameters: z.optional(parametersSchema),
  inputs: z
    .array(
      z.object({
        name: z.enum(['picture', 'pixels', 'tensor'], 'picture, pixels or tensor'),
        datatype: z.enum(['BYTES', 'UINT8', 'FP32']),
        shape: z.array(z.int().check(z.gte(0))).check(z.minLength(1), z.maxLength(4)),
        parameters: z.optional(parametersSchema),
        /** Absent if the tensor follows the JSON as binary data. */
        data: z.optional(dataSchema),
      }),
    )
    .check(z.length(1)),
  /** The requested outputs; default: all. */
  outputs: z.optional(
    z
      .array(
        z.object({
          name: z.enum(['scores', 'label', 'index'], 'scores, label or index'),
          parameters: z.optional(parametersSchema),
        }),
      )
      .check(z.maxLength(8)),
  ),
});

const outputSchema = z.object({
  name: z.string(),
  datatype: z.enum(['FP32', 'BYTES', 'INT32']),
  shape: z.array(z.int()),
  data: z.array(z.union([z.number(), z.string()])),
});

export const inferAnswerSchema = z.object({
  id: z.optional(z.string()),
  model_name: z.string(),
  model_version: z.string(),
  outputs: z.array(outputSchema),
});

export type TensorMetadata = z.infer<typeof tensorMetadataSchema>;
export type ModelMetadata = z.infer<typeof modelMetadataSchema>;
export type InferRequest = z.infer<typeof inferRequestSchema>;
export type InferOutput = z.infer<typeof outputSchema>;
export type InferAnswer = z.infer<typeof inferAnswerSchema>;
