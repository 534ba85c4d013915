/** The body of a request (raw, multipart, JSON, pixels) → the images to classify, and the parameters beside them. */
import { MAX_URL_LENGTH, PARAMETERS, RAW_PIXELS_TYPE } from '@glimpse/shared/api/classify';
import { Problem } from '@glimpse/shared/api/problems';
import * as z from 'zod/mini';
import { fileOf, malformed, type Part, parseForm, textOf, withoutImage } from './form.ts';
import { parseJson } from './parse-json.ts';
import type { HeldBody } from './read-body.ts';
import { nearestName, unknownName } from './unknown-name.ts';

export interface SentImage {
  /** `image`: an image file. `pixels`: raw pixels in the model's input size. */
  readonly kind: 'image' | 'pixels';
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Text, not validated. */
export type SentParameters = readonly (readonly [name: string, value: string])[];

export type OpenedBody = { readonly parameters: SentParameters } & (
  | {
      readonly url: string;
    }
  | {
      /** To be called once, in the image's turn. */
      readonly open: () => SentImage;
      /** Whether the image needs no decoding. */
      readonly brief: boolean;
    }
);

type Body = Pick<HeldBody, 'bytes' | 'hold'>;
type Opener = (body: Body, contentType: string) => OpenedBody;

/** By media type. A body of any other type, or without one, is an image: the type is ignored. */
const openers: readonly (readonly [type: RegExp, open: Opener])[] = [
  [/^multipart\//, openMultipart],
  [/^application\/json$/, openJson],
  [new RegExp(`^${RAW_PIXELS_TYPE}$`), ({ bytes }) => whole('pixels', bytes)],
  [/^/, openImage],
];

/** @throws {Problem} body-malformed, parameter-invalid */
export function openBody(body: Body, contentType: string | null): OpenedBody {
  const type = mediaType(contentType);
  const [, open] = openers.find(([pattern]) => pattern.test(type))!;
  return open(body, contentType ?? '');
}

function mediaType(contentType: string | null): string {
  return (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

function whole(kind: SentImage['kind'], bytes: Uint8Array<ArrayBuffer>): OpenedBody {
  return { parameters: [], open: () => ({ kind, bytes }), brief: kind === 'pixels' };
}

function openImage({ bytes }: Body, contentType: string): OpenedBody {
  if (!startsAsJson(bytes)) return whole('image', bytes);
  const type =
    contentType === '' ? 'has no Content-Type' : `has the Content-Type ${mediaType(contentType).slice(0, 40)}`;
  throw malformed(`The body looks like JSON and ${type}. Send "Content-Type: application/json".`);
}

/** No image begins like this. */
function startsAsJson(bytes: Uint8Array): boolean {
  return /^\s*\{\s*["}]/.test(String.fromCharCode(...bytes.subarray(0, 64)));
}

/** The file in the field `image`, and parameters as text. */
function openMultipart({ bytes }: Body, contentType: string): OpenedBody {
  const parts = parseForm(bytes, contentType);
  const images = parts.filter(isImage);
  if (images.length === 0) throw withoutImage(parts);
  if (images.length > 1 || parts.filter(({ isFile }) => isFile).length > 1) {
    throw malformed('The form has more than one file. Send one image per request, or several to /v1/classify/batch.');
  }
  const image = { kind: 'image', bytes: fileOf(images[0]!) } as const;
  return { parameters: parametersIn(parts), open: () => image, brief: false };
}

function isImage({ name }: Part): boolean {
  return name === 'image';
}

/** Browsers add a field `_charset_` if the form has it (RFC 7578, section 4.6). */
function parametersIn(parts: readonly Part[]): SentParameters {
  const others = parts.filter((part) => !isImage(part) && part.name !== '_charset_');
  const unknown = others.find(({ name }) => !PARAMETERS.includes(name));
  if (unknown) throw unknownName('form field', unknown.name, ['image', ...PARAMETERS]);
  return others.map((part) => [part.name, textOf(part)]);
}

const EXPECTED = 'send {"image": "<base64>"} or {"url": "https://…"}.';
const MEMBERS = ['image', 'url', ...PARAMETERS];

function openJson({ bytes: json, hold }: Body): OpenedBody {
  const { value, decode } = parseJson(json, z.record(z.string(), z.unknown()), {
    expected: EXPECTED,
    images: ['image'],
    hold,
  });
  const unknown = Object.keys(value).find((name) => !MEMBERS.includes(name));
  const { image, url } = value;
  if (image === undefined && url === undefined) {
    const instead =
      unknown === undefined
        ? ''
        : ` Did you mean "${nearestName(unknown, MEMBERS)}" by ${JSON.stringify(unknown.slice(0, 40))}?`;
    throw malformed(`The JSON has neither "image" nor "url"; ${EXPECTED}${instead}`);
  }
  if (unknown !== undefined) throw unknownName('JSON member', unknown, MEMBERS);
  if (image !== undefined && url !== undefined)
    throw malformed('The JSON has both "image" and "url". Send one of them.');
  const parameters = PARAMETERS.flatMap((name) => {
    const member = value[name];
    if (member === undefined) return [];
    if (typeof member === 'string' || typeof member === 'number') return [[name, String(member)] as const];
    throw malformed(`"${name}" must be text or a number.`);
  });
  if (image === undefined) {
    if (typeof url === 'string' && url.length <= MAX_URL_LENGTH) return { parameters, url };
    throw malformed(`"url" must be text of at most ${MAX_URL_LENGTH} characters.`);
  }
  if (typeof image !== 'string') throw malformed(`"image" must be text, the image in base64; ${EXPECTED}`);
  if (/^https?:/i.test(image)) throw malformed('"image" is an address. Send it as {"url": "https://…"}.');
  const open = () => {
    const bytes = decode(image);
    if (!bytes) throw malformed('"image" is not base64 (RFC 4648). Is it truncated, or escaped twice?');
    return { kind: 'image', bytes } as const;
  };
  return { parameters, open, brief: false };
}

export interface OpenedBatch {
  readonly parameters: SentParameters;
  /** The fields `image`, in the order sent. One may be text if the client sent no file. */
  readonly images: readonly Part[];
}

/** @throws {Problem} body-malformed, parameter-invalid, batch-too-large */
export function openBatch(bytes: Uint8Array<ArrayBuffer>, contentType: string | null, limit: number): OpenedBatch {
  if (mediaType(contentType) === 'application/json' || startsAsJson(bytes)) {
    throw malformed(
      'A batch is a form (multipart/form-data) with a file in a field "image" for each image, and this body is JSON. ' +
        'Send a single image as JSON to /v1/classify.',
    );
  }
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
  return { parameters: parametersIn(parts), images };
}
