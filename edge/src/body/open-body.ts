/** The body of a request (raw, multipart, JSON, pixels) → the images to classify. */
import { classifyJsonSchema, RAW_PIXELS_TYPE } from '@glimpse/shared/api/classify';
import { Problem } from '@glimpse/shared/api/problems';
import { fileOf, malformed, type Part, parseForm, withoutImage } from './form.ts';
import { parseJson } from './parse-json.ts';
import type { HeldBody } from './read-body.ts';

export interface SentImage {
  /** `image`: an image file. `pixels`: raw pixels in the model's input size. */
  readonly kind: 'image' | 'pixels';
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A body with an address has at most this many bytes. A longer body is an image. */
const MAX_ADDRESS_BYTES = 8192;

type Opener = (body: Opened, contentType: string) => SentImage;

type Opened = Pick<HeldBody, 'bytes' | 'hold'>;

/** By media type. A body of any other type, or without one, is an image: the type is ignored. */
const openers: readonly (readonly [type: RegExp, open: Opener])[] = [
  [/^multipart\//, openMultipart],
  [/^application\/json$/, openJson],
  [new RegExp(`^${RAW_PIXELS_TYPE}$`), ({ bytes }) => ({ kind: 'pixels', bytes })],
  [/^/, ({ bytes }) => ({ kind: 'image', bytes })],
];

/** @throws {Problem} body-malformed */
export function openBody(body: Opened, contentType: string | null): SentImage {
  const type = mediaType(contentType);
  const [, open] = openers.find(([pattern]) => pattern.test(type))!;
  return open(body, contentType ?? '');
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
function openMultipart({ bytes }: Opened, contentType: string): SentImage {
  const parts = parseForm(bytes, contentType);
  const images = parts.filter(isImage);
  if (images.length === 0) throw withoutImage(parts);
  if (images.length > 1 || parts.filter(({ isFile }) => isFile).length > 1) {
    throw malformed('The form has more than one file. Send one image per request, or several to /v1/classify/batch.');
  }
  return { kind: 'image', bytes: fileOf(images[0]!) };
}

function isImage({ name }: Part): boolean {
  return name === 'image';
}

function openJson({ bytes: json, hold }: Opened): SentImage {
  const { value: sent, decode } = parseJson(json, classifyJsonSchema, {
    expected: 'send {"image": "<base64>"}, or a short {"url": "https://…"}.',
    images: ['image'],
    hold,
  });
  // The body has an address but is too long for `addressIn`.
  if (!('image' in sent)) throw malformed('The JSON is too long for {"url": "https://…"}.');
  const bytes = decode(sent.image);
  if (!bytes) throw malformed('"image" is not base64 (RFC 4648). Is it truncated, or escaped twice?');
  return { kind: 'image', bytes };
}

/**
 * @returns the fields `image`, in the order sent; one may be text if the client sent no file
 * @throws {Problem} body-malformed, batch-too-large
 */
export function openBatch(bytes: Uint8Array<ArrayBuffer>, contentType: string | null, limit: number): readonly Part[] {
  const parts = parseForm(bytes, contentType ?? '');
  const images = parts.filter(isImage);
  if (images.length === 0) throw withoutImage(parts);
  if (parts.some((part) => part.isFile && !isImage(part))) {
    throw malformed('Each file of a batch must be a field "image". The form has other files.');
  }
  if (images.length > limit) {
    throw new Problem('batch-too-large', `The batch has ${images.length} images. The limit is ${limit} per request.`, {
      extensions: { limit, actual: images.length },
    });
  }
  return images;
}
