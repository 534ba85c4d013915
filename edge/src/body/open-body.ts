/** The forms of a body (raw, multipart, JSON, pixels) → what is to be classified. */
import { classifyJsonSchema, RAW_PIXELS_TYPE } from '@glimpse/shared/api/classify';
import { Problem } from '@glimpse/shared/api/problems';
import { decodeBase64 } from './base64.ts';
import { fileOf, filesIn, malformed, openForm, withoutImage } from './form.ts';
import { parseJson } from './parse-json.ts';

export interface SentImage {
  /** `image`: a file, of a format that its own bytes tell. `pixels`: in the model's size, as they are. */
  readonly kind: 'image' | 'pixels';
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Opener = (bytes: Uint8Array<ArrayBuffer>, contentType: string) => Promise<SentImage> | SentImage;

/** By media type. Every other type, and none, is an image's bytes: what a client calls them is not asked. */
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

/** Whether the body is what the model takes, as it is. */
export function isPixels(contentType: string | null): boolean {
  return mediaType(contentType) === RAW_PIXELS_TYPE;
}

function mediaType(contentType: string | null): string {
  return (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

/** The field `image`, as a file: a form in a browser sends one. Other text fields are passed over. */
async function openMultipart(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<SentImage> {
  const form = await openForm(bytes, contentType);
  const values = form.getAll('image');
  if (values.length === 0) throw withoutImage(form);
  if (values.length > 1 || filesIn(form) > 1) {
    throw malformed('The form has more than one file; send one image a request, or several to /v1/classify/batch.');
  }
  return { kind: 'image', bytes: new Uint8Array(await fileOf(values[0]).arrayBuffer()) };
}

function openJson(json: Uint8Array<ArrayBuffer>): SentImage {
  const sent = parseJson(json, classifyJsonSchema, {
    expected: 'send {"image": "<base64>"}, or a short {"url": "https://…"}.',
  });
  // An address in a body that is too long to be asked for one.
  if (!('image' in sent)) throw malformed('The JSON is too long for {"url": "https://…"}.');
  const bytes = decodeBase64(sent.image);
  if (!bytes) throw malformed('"image" is not base64 (RFC 4648); is it cut, or escaped twice?');
  return { kind: 'image', bytes };
}

/**
 * @returns what the fields `image` hold: files, and text where somebody forgot to send one
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
  if (filesIn(form) > files) throw malformed('Files of a batch are fields "image", one for each; there are others.');
  if (values.length > limit) {
    throw new Problem('batch-too-large', `The batch has ${values.length} images; at most ${limit} are taken at once.`, {
      extensions: { limit, actual: values.length },
    });
  }
  return values;
}
