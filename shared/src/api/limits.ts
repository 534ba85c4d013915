/** Every limit of the Worker. Each can be set by a variable of the same name; docs/api.md lists them. */
import * as z from 'zod/mini';
import { formats, type ImageFormat, imageFormats } from '../image/formats.ts';

const MiB = 1024 * 1024;

/** Variables of a Worker are text. */
const fromVariable = (otherwise: number, least: number, most: number) =>
  z._default(
    z.pipe(
      z.transform((value) => (value === undefined || value === '' ? otherwise : Number(value))),
      z.int().check(z.gte(least), z.lte(most)),
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
  /** Bytes of one request's body, whatever its form (multipart and JSON wrapping count). */
  MAX_BODY_BYTES: fromVariable(25 * MiB, 1024, 95 * MiB),
  /** Bytes of all bodies that an isolate holds at once, waiting or being decoded. Its memory is 128 MB. */
  BODY_BUDGET_BYTES: fromVariable(48 * MiB, 1024, 95 * MiB),
  ...pixelVariables(),
  /** Images of one `POST /v1/classify/batch`. */
  MAX_BATCH_IMAGES: fromVariable(32, 1, 256),
  /** Seconds in which a body has to arrive. */
  BODY_SECONDS: fromVariable(60, 1, 600),
  /** Seconds that a request may take from its body's last byte to its answer; then it is given up. */
  ANSWER_SECONDS: fromVariable(25, 1, 600),
  /** Seconds in which an image has to arrive from the address that a caller sends. */
  URL_SECONDS: fromVariable(10, 1, 60),
  /** Requests that wait for their turn to be decoded and classified; further ones get 503. */
  MAX_WAITING: fromVariable(32, 1, 10_000),
  /** Seconds that a channel is served without asking the store whether it moved. */
  REVALIDATE_SECONDS: fromVariable(5, 0, 86_400),
  /** Seconds that one read from the store may take, from the request to the last byte. */
  STORE_DEADLINE_SECONDS: fromVariable(10, 1, 60),
  /** What fails is tried again after 1 s, 2 s, 4 s, … and at the latest after so many seconds. */
  MAX_BACKOFF_SECONDS: fromVariable(16, 1, 3600),
  /** Seconds that a key is known without asking for it: a revoked one works so long. */
  KEY_CACHE_SECONDS: fromVariable(30, 0, 3600),
  /** Bytes of a feedback, its image in base64 included. */
  MAX_FEEDBACK_BYTES: fromVariable(12 * MiB, 1024, 95 * MiB),
  /** Seconds after an answer in which feedback about it is taken. */
  FEEDBACK_SECONDS: fromVariable(7 * 86_400, 60, 90 * 86_400),
  /** Bytes that the tfjs WASM memory may grow to. */
  MAX_RUNTIME_BYTES: fromVariable(64 * MiB, 16 * MiB, 1024 * MiB),
});

export type Limits = z.infer<typeof limitsSchema>;

/** Seconds after which a shed request may try again (`Retry-After`). */
export const RETRY_AFTER_SECONDS = 1;

/** In the form that the image reader takes. */
export function pixelLimits(limits: Limits): Readonly<Record<ImageFormat, number>> {
  const entries = imageFormats.map((format) => [format, limits[pixelVariable(format)]]);
  return Object.fromEntries(entries) as Record<ImageFormat, number>;
}
