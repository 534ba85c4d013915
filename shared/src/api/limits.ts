/** All limits of the Worker. A variable of the same name overrides each; docs/api.md lists them. */
import * as z from 'zod/mini';
import { formats, type ImageFormat, imageFormats } from '../image/formats.ts';

const MiB = 1024 * 1024;

/** An integer from a variable, which is text. */
const fromVariable = (otherwise: number, min: number, max: number) =>
  z._default(
    z.pipe(
      z.transform((value) => (value === undefined || value === '' ? otherwise : Number(value))),
      z.int().check(z.gte(min), z.lte(max)),
    ),
    otherwise,
  );

type PixelVariable<Format extends ImageFormat> = `MAX_${Uppercase<Format>}_PIXELS`;

const pixelVariable = <Format extends ImageFormat>(format: Format) =>
  `MAX_${format.toUpperCase()}_PIXELS` as PixelVariable<Format>;

/** `MAX_JPEG_PIXELS` and so on: maximum width x height that the header of an image may declare, by format. */
function pixelVariables() {
  const fields = imageFormats.map((format) => [
    pixelVariable(format),
    fromVariable(formats[format].maxPixels, 1024, 1e9),
  ]);
  return Object.fromEntries(fields) as Record<PixelVariable<ImageFormat>, ReturnType<typeof fromVariable>>;
}

export const limitsSchema = z.object({
  /** Bytes of one request's body, including multipart or JSON encoding. */
  MAX_BODY_BYTES: fromVariable(25 * MiB, 1024, 95 * MiB),
  /** Bytes of all bodies that an isolate holds at once, waiting or being decoded. An isolate has 128 MB of memory. */
  BODY_BUDGET_BYTES: fromVariable(48 * MiB, 1024, 95 * MiB),
  ...pixelVariables(),
  /** Images in one `POST /v1/classify/batch`. */
  MAX_BATCH_IMAGES: fromVariable(32, 1, 256),
  /** Seconds within which a body must arrive. */
  BODY_SECONDS: fromVariable(60, 1, 600),
  /** Seconds from the last byte of the body to the answer; a request that takes longer is aborted. */
  ANSWER_SECONDS: fromVariable(25, 1, 600),
  /** Seconds within which an image must arrive from a URL. */
  URL_SECONDS: fromVariable(10, 1, 60),
  /** Requests that may wait to be decoded and classified; further ones get 503. */
  MAX_WAITING: fromVariable(32, 1, 10_000),
  /** Seconds for which channels are cached. */
  REVALIDATE_SECONDS: fromVariable(5, 0, 86_400),
  /** Seconds for one read from the store, from the request to the last byte. */
  STORE_DEADLINE_SECONDS: fromVariable(10, 1, 60),
  /** Maximum seconds between retries, which happen after 1 s, 2 s, 4 s, … */
  MAX_BACKOFF_SECONDS: fromVariable(16, 1, 3600),
  /** Seconds for which a key is cached; a revoked key works at most this long. */
  KEY_CACHE_SECONDS: fromVariable(30, 0, 3600),
  /** Bytes of a feedback request, including its image in base64. */
  MAX_FEEDBACK_BYTES: fromVariable(12 * MiB, 1024, 95 * MiB),
  /** Seconds after an answer during which feedback on it is accepted. */
  FEEDBACK_SECONDS: fromVariable(7 * 86_400, 60, 90 * 86_400),
  /** Maximum size of the tfjs WASM memory, in bytes. */
  MAX_RUNTIME_BYTES: fromVariable(64 * MiB, 16 * MiB, 1024 * MiB),
});

export type Limits = z.infer<typeof limitsSchema>;

/** Seconds after which a refused request may be retried (`Retry-After`). */
export const RETRY_AFTER_SECONDS = 1;

/** In the form that the image reader takes. */
export function pixelLimits(limits: Limits): Readonly<Record<ImageFormat, number>> {
  const entries = imageFormats.map((format) => [format, limits[pixelVariable(format)]]);
  return Object.fromEntries(entries) as Record<ImageFormat, number>;
}
