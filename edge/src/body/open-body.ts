/** The forms of a body (raw, multipart, JSON, pixels) → what is to be classified. */
import { classifyJsonSchema, RAW_PIXELS_TYPE } from '@glimpse/shared/api/classify';
import { Problem } from '@glimpse/shared/api/problems';
import { decodeBase64 } from './base64.ts';

export interface SentPicture {
  /** `picture`: a file, of a format that its own bytes tell. `pixels`: in the model's size, as they are. */
  readonly kind: 'picture' | 'pixels';
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Opener = (bytes: Uint8Array<ArrayBuffer>, contentType: string) => Promise<SentPicture> | SentPicture;

/** By media type. Every other type, and none, is a picture's bytes: what a client calls them is not asked. */
const openers: readonly (readonly [type: RegExp, open: Opener])[] = [
  [/^multipart\//, openMultipart],
  [/^application\/json$/, openJson],
  [new RegExp(`^${RAW_PIXELS_TYPE}$`), (bytes) => ({ kind: 'pixels', bytes })],
  [/^/, (bytes) => ({ kind: 'picture', bytes })],
];

/** @throws {Problem} body-malformed */
export async function openBody(bytes: Uint8Array<ArrayBuffer>, contentType: string | null): Promise<SentPicture> {
  const type = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
  const [, open] = openers.find(([pattern]) => pattern.test(type))!;
  return open(bytes, contentType ?? '');
}

/** The field `image`, as a file: a form in a browser sends one. Other text fields are passed over. */
async function openMultipart(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<SentPicture> {
  if (!/^\s*multipart\/form-data\s*;/i.test(contentType) || !/;\s*boundary=("[^"]+"|[^\s";]+)/i.test(contentType)) {
    throw malformed(
      'A multipart body needs "Content-Type: multipart/form-data; boundary=…"; leave the header to your HTTP library.',
    );
  }
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: { 'Content-Type': contentType } }).formData();
  } catch (cause) {
    throw malformed('The multipart body does not parse with the boundary of its Content-Type; is it cut?', cause);
  }
  const values = form.getAll('image');
  const files = [...form.values()].filter((value) => typeof value !== 'string').length;
  if (values.length === 0) {
    const names = [...new Set(form.keys())].slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)));
    throw malformed(
      `The form has no field "image"${names.length > 0 ? `, only ${names.join(', ')}` : ''}; send the picture in one.`,
    );
  }
  if (values.length > 1 || files > 1) throw malformed('The form has more than one file; send one picture a request.');
  const [image] = values;
  if (image === undefined || typeof image === 'string') {
    throw malformed('The field "image" is text, not a file; with curl, write -F image=@cat.png with the @.');
  }
  return { kind: 'picture', bytes: new Uint8Array(await image.arrayBuffer()) };
}

function openJson(json: Uint8Array<ArrayBuffer>): SentPicture {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(json));
  } catch (cause) {
    throw malformed('The body is not JSON, although its Content-Type says so. Send {"image": "<base64>"}.', cause);
  }
  const result = classifyJsonSchema.safeParse(value);
  if (!result.success) throw malformed('The JSON is not {"image": "<base64>"}.');
  const bytes = decodeBase64(result.data.image.replace(/^data:[^,]{0,100};base64,/, ''));
  if (!bytes) throw malformed('"image" is not base64 (RFC 4648); is it cut, or escaped twice?');
  return { kind: 'picture', bytes };
}

function malformed(detail: string, cause?: unknown): Problem {
  return new Problem('body-malformed', detail, cause === undefined ? {} : { cause });
}
