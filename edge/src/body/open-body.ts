/** The body of a request (raw, multipart, JSON, pixels) → the images to classify. */
import { classifyJsonSchema, RAW_PIXELS_TYPE } from '@glimpse/shared/api/classify';
import { Problem } from '@glimpse/shared/api/problems';
import { decodeBase64 } from './base64.ts';
import { fileOf, filesIn, malformed, openForm, withoutImage } from './form.ts';
import { parseJson } from './parse-json.ts';

export interface SentImage {
  /** `image`: an image file. `pixels`: raw pixels in the model's input size. */
  readonly kind: 'image' | 'pixels';
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A body with an address has at most this many bytes. A longer body is an image. */
const MAX_ADDRESS_BYTES = 8192;

type Opener = (bytes: Uint8Array<ArrayBuffer>, contentType: string) => Promise<SentImage> | SentImage;

/** By media type. A body of any other type, or without one, is an image: the type is ignored. */
const openers: readonly (readonly [type: RegExp, open: Opener])[] = [
  [/^multipart\//, openMultipart],
  [/^application\/json$/, openJson],
  [new RegExp(`^${RAW_PIXELS_TYPE}$`), (bytes) => ({ kind: 'pixels', bytes })],
  [/^/, (bytes) => ({ kind: 'image', bytes })],
];

/** @throws {Problem} body-malformed */
export async function openBody(bytes: Uint8Array<ArrayBuffer>, contentType: string | null): Promise<SentImage> {
  const type = mediaType(contentType);
  const [, open] = openers.find(([pattern]) => pattern.test(type))!;
  return open(bytes, contentType ?? '');
}

/** The address in a JSON body. Undefined for every other body, including malformed ones. */
export function addressIn(bytes: Uint8Array, contentType: string | null): string | undefined {
  if (bytes.length > MAX_ADDRESS_BYTES || mediaType(contentType) !== 'application/json') return undefined;
  try {
    const { data } = classifyJsonSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return data && 'url' in data ? data.url : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the body is raw pixels, which need no decoding. */
export function isPixels(contentType: string | null): boolean {
  return mediaType(contentType) === RAW_PIXELS_TYPE;
}

function mediaType(contentType: string | null): string {
  return (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

/** The file in the field `image`. Other text fields are ignored. */
async function openMultipart(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<SentImage> {
  const form = await openForm(bytes, contentType);
  const values = form.getAll('image');
  if (values.length === 0) throw withoutImage(form);
  if (values.length > 1 || filesIn(form) > 1) {
    throw malformed('The form has more than one file. Send one image per request, or several to /v1/classify/batch.');
  }
  return { kind: 'image', bytes: new Uint8Array(await fileOf(values[0]).arrayBuffer()) };
}

function openJson(json: Uint8Array<ArrayBuffer>): SentImage {
  const sent = parseJson(json, classifyJsonSchema, {
    expected: 'send {"image": "<base64>"}, or a short {"url": "https://…"}.',
  });
  // The body has an address but is too long for `addressIn`.
  if (!('image' in sent)) throw malformed('The JSON is too long for {"url": "https://…"}.');
  const bytes = decodeBase64(sent.image);
  if (!bytes) throw malformed('"image" is not base64 (RFC 4648). Is it truncated, or escaped twice?');
  return { kind: 'image', bytes };
}

/**
 * @returns the values of the fields `image`, in the order sent: files, or text if the client sent no file
 * @throws {Problem} body-malformed, batch-too-large
 */
export async function openBatch(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string | null,
  limit: number,
): Promise<(File | string)[]> {
  const form = await openForm(bytes, contentType ?? '');
  const values = form.getAll('image');
  if (values.length === 0) throw withoutImage(form);
  const files = values.filter((value) => typeof value !== 'string').length;
  if (filesIn(form) > files) throw malformed('Each file of a batch must be a field "image". The form has other files.');
  if (values.length > limit) {
    throw new Problem('batch-too-large', `The batch has ${values.length} images. The limit is ${limit} per request.`, {
      extensions: { limit, actual: values.length },
    });
  }
  return values;
}
