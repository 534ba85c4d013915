/** Request and answer of `POST /v1/classify`. */
import * as z from 'zod/mini';
import { sentFormats } from '../image/formats.ts';
import { MAX_CLASSES } from '../release/manifest.ts';
import { nameSchema, versionSchema } from '../release/names.ts';

export { RAW_PIXELS_TYPE } from './raw-pixels.ts';

/** Of an image's URL. */
export const MAX_URL_LENGTH = 2048;

/** The query, and the text fields of a form. The route also checks `top_k` against the model's number of classes. */
export const classifyQuerySchema = z
  .object({
    top_k: z.optional(
      z.pipe(
        z.pipe(
          z.string().check(z.regex(/^\d{1,5}$/, 'a whole number from 1 to the number of classes')),
          z.transform(Number),
        ),
        z.int().check(z.gte(1), z.lte(MAX_CLASSES)),
      ),
    ),
    threshold: z.optional(
      z.pipe(
        z.pipe(
          z.string().check(z.regex(/^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i, 'a number from 0 to 1')),
          z.transform(Number),
        ),
        z.number().check(z.gte(0), z.lte(1)),
      ),
    ),
    model: z.optional(nameSchema),
    version: z.optional(versionSchema),
    channel: z.optional(nameSchema),
  })
  .check(z.refine((q) => !(q.version && q.channel), { message: 'version and channel exclude each other' }));

/** In the query, as text fields of a form, or as members of a JSON body. */
export const PARAMETERS: readonly string[] = ['top_k', 'threshold', 'model', 'version', 'channel'];

/** The parameters as members of a JSON body. */
const jsonParameters = {
  top_k: z.optional(z.int().check(z.gte(1), z.lte(MAX_CLASSES))),
  threshold: z.optional(z.number().check(z.gte(0), z.lte(1))),
  model: z.optional(nameSchema),
  version: z.optional(versionSchema),
  channel: z.optional(nameSchema),
};

/** A JSON body: the image itself, or its URL. */
export const classifyJsonSchema = z.union([
  /** Base64 (RFC 4648), with or without padding or a `data:` prefix. */
  z.strictObject({ image: z.string(), ...jsonParameters }),
  /** `https://…`, on a host that the Worker's owner allows. */
  z.strictObject({ url: z.string().check(z.maxLength(MAX_URL_LENGTH)), ...jsonParameters }),
]);

/** Default of `top_k`, or the number of classes if that is lower. */
export const DEFAULT_TOP_K = 5;

export const predictionSchema = z.object({
  label: z.string(),
  /** Index in the release's label list. */
  index: z.int(),
  /** Probability, 0-1. */
  score: z.number(),
});

export const classifyAnswerSchema = z.object({
  id: z.string(),
  model: z.object({ name: z.string(), version: z.string(), channel: z.nullable(z.string()) }),
  /** Best first. Empty if no score reaches `threshold`. */
  predictions: z.array(predictionSchema),
  /** Only if the release has a rejection threshold. */
  uncertain: z.optional(z.boolean()),
  /** Format, and size after applying the EXIF orientation. */
  image: z.object({ format: z.enum(sentFormats), width: z.int(), height: z.int() }),
});

export type Prediction = z.infer<typeof predictionSchema>;
export type ClassifyAnswer = z.infer<typeof classifyAnswerSchema>;
