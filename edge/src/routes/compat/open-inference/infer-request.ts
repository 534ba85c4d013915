/** The body of an inference request → its images. The body is JSON, or JSON followed by the tensor in binary. */
import { type InferRequest, inferRequestSchema } from '@glimpse/shared/api/open-inference';
import { Problem } from '@glimpse/shared/api/problems';
import { type InputContract, pixelCount } from '@glimpse/shared/image/input-contract';
import type { SentImage } from '../../../body/open-body.ts';
import { type ParsedJson, parseJson } from '../../../body/parse-json.ts';
import type { HeldBody } from '../../../body/read-body.ts';
import type { SentTensor } from '../../../classify/classify-image.ts';
import { elementsOf, type InputName, inputsOf } from './tensors.ts';

export interface Inference extends Pick<InferRequest, 'id' | 'outputs'> {
  /** One function per image, called in the image's turn. */
  readonly images: readonly (() => SentImage | SentTensor)[];
}

/** No normalization of an image exceeds this, and much larger values make a network compute nonsense. */
const MAX_MAGNITUDE = 10_000;
const RANGE = `a number from -${MAX_MAGNITUDE} to ${MAX_MAGNITUDE}`;
/** In addition to the numbers of a tensor. */
const MAX_VALUES = 2_000;

/**
 * @param headerLength the header `Inference-Header-Content-Length`: where the JSON ends and the tensor begins
 * @throws {Problem} body-malformed, batch-too-large
 */
export function readInferRequest(
  { bytes: body, hold }: Pick<HeldBody, 'bytes' | 'hold'>,
  headerLength: string | undefined,
  contract: InputContract,
  maxImages: number,
): Inference {
  const inputs = inputsOf(contract);
  const expected = `send one of the inputs ${inputs.map(({ name, datatype }) => `${name} (${datatype})`).join(', ')}.`;
  const end = headerLength === undefined ? body.length : Number(headerLength);
  if (!/^\d{1,15}$/.test(headerLength ?? '0') || end > body.length) {
    throw malformed(`Inference-Header-Content-Length must be the length of the JSON, at most ${body.length} bytes.`);
  }
  // Each row of the innermost dimension has a bracket.
  const maxValues = MAX_VALUES + 2 * maxImages * pixelCount(contract);
  const {
    value: { id, outputs, inputs: allSent },
    decode,
  } = parseJson(body.subarray(0, end), inferRequestSchema, { maxValues, expected, images: ['data'], hold });
  const sent = allSent[0]!;
  const input = inputs.find(({ name }) => name === sent.name)!;
  if (input.datatype !== sent.datatype) throw malformed(`${sent.name} is not ${sent.datatype}; ${expected}`);
  const count = readCount(sent.shape, input.shape, maxImages);
  const elementCount = count * elementsOf(input.name, contract);
  const size = sent.parameters?.binary_data_size;
  if (sent.data === undefined && size === undefined) {
    throw malformed(`The input ${sent.name} has neither data nor binary_data_size. Shared memory is not supported.`);
  }
  const elements =
    sent.data === undefined
      ? readBinary(input.name, body.subarray(end), size, elementCount)
      : readData(input.name, sent.data, elementCount);
  return { id, outputs, images: split(elements, count, decode) };
}

/** @returns the number of images. [n] may be written [n, 1], as Triton's clients do. */
function readCount(shape: readonly number[], expected: readonly number[], max: number): number {
  const [count = 0, ...rest] = shape;
  const fits = String(rest) === String(expected.slice(1)) || (expected.length === 1 && String(rest) === '1');
  if (!fits) throw malformed(`The shape must be [${['n', ...expected.slice(1)]}], not [${shape}].`);
  if (count < 1) throw malformed('Send at least one image.');
  if (count > max) {
    throw new Problem('batch-too-large', `The request has ${count} images. The limit is ${max} per request.`);
  }
  return count;
}

type Decode = ParsedJson<unknown>['decode'];

/** Base64 images are decoded one at a time. */
type Elements = readonly (Uint8Array<ArrayBuffer> | string)[] | Uint8Array<ArrayBuffer> | Float32Array;

function readData(name: InputName, data: readonly unknown[], elementCount: number): Elements {
  // In rows or flat.
  const flat = data.flat(3);
  if (flat.length !== elementCount)
    throw malformed(`The shape has ${elementCount} elements, but data has ${flat.length}.`);
  if (name === 'picture') {
    if (flat.every((text) => typeof text === 'string')) return flat;
    throw malformed('The elements of BYTES must be strings: images in base64.');
  }
  const isElement = name === 'pixels' ? isByte : isFloat;
  const wrong = flat.findIndex((value) => !isElement(value));
  if (wrong >= 0) {
    const range = name === 'pixels' ? 'a whole number from 0 to 255' : RANGE;
    throw malformed(`data[${wrong}] must be ${range}.`);
  }
  return name === 'pixels' ? Uint8Array.from(flat as number[]) : Float32Array.from(flat as number[]);
}

function readBinary(name: InputName, bytes: Uint8Array<ArrayBuffer>, size: unknown, elementCount: number): Elements {
  if (size !== bytes.length) {
    throw malformed(`binary_data_size must be ${bytes.length}, the number of bytes after the JSON.`);
  }
  if (name === 'picture') return readStrings(bytes, elementCount);
  const width = name === 'pixels' ? 1 : 4;
  if (bytes.length !== elementCount * width) {
    throw malformed(`The shape has ${elementCount * width} bytes, but ${bytes.length} bytes follow the JSON.`);
  }
  if (name === 'pixels') return bytes;
  // Copied, since a Float32Array must begin at a multiple of four. Both sides are little-endian.
  const values = new Float32Array(bytes.slice().buffer);
  if (!values.every(isFloat)) throw malformed(`Each value of the tensor must be ${RANGE}.`);
  return values;
}

/** Binary BYTES: each string follows its length in four bytes, little-endian. */
function readStrings(bytes: Uint8Array<ArrayBuffer>, elementCount: number): readonly Uint8Array<ArrayBuffer>[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const strings: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  while (at + 4 <= bytes.length && strings.length < elementCount) {
    const end = at + 4 + view.getUint32(at, true);
    if (end > bytes.length) break;
    strings.push(bytes.subarray(at + 4, end));
    at = end;
  }
  if (strings.length === elementCount && at === bytes.length) return strings;
  throw malformed(`After the JSON, send ${elementCount} images, each preceded by its length in four bytes.`);
}

function split(elements: Elements, count: number, decode: Decode): Inference['images'] {
  return Array.from({ length: count }, (_, index) => () => {
    if (elements instanceof Float32Array) {
      const each = elements.length / count;
      return { kind: 'tensor', values: elements.subarray(index * each, (index + 1) * each) } as const;
    }
    if (elements instanceof Uint8Array) {
      const each = elements.length / count;
      return { kind: 'pixels', bytes: elements.subarray(index * each, (index + 1) * each) } as const;
    }
    const image = elements[index]!;
    return { kind: 'image', bytes: typeof image === 'string' ? decoded(image, decode) : image } as const;
  });
}

function decoded(text: string, decode: Decode): Uint8Array<ArrayBuffer> {
  const bytes = decode(text);
  if (bytes) return bytes;
  throw malformed('In JSON, BYTES must be images in base64 (RFC 4648). Is a string truncated?');
}

const isByte = (value: unknown) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
const isFloat = (value: unknown) => typeof value === 'number' && Math.abs(value) <= MAX_MAGNITUDE;

function malformed(detail: string): Problem {
  return new Problem('body-malformed', detail);
}
