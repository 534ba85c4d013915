/** Answers of the routes under `GET /v1/models`. */
import * as z from 'zod/mini';
import { manifestSchema } from '../release/manifest.ts';
import { versionSchema } from '../release/names.ts';

const channelsSchema = z.record(
  z.string(),
  z.object({
    version: versionSchema,
    /** The canary's percentage of the callers that name neither channel nor version. */
    percent: z.optional(z.number()),
  }),
);

export const modelListSchema = z.object({
  models: z.array(z.object({ name: z.string(), channels: channelsSchema })),
  /** The model for requests that name none. */
  default: z.string(),
});

export const modelSchema = z.object({
  name: z.string(),
  channels: channelsSchema,
  /** The release of the channel `stable`; null if there is none. */
  release: z.nullable(manifestSchema),
});

export type ModelList = z.infer<typeof modelListSchema>;
export type ModelDescription = z.infer<typeof modelSchema>;
