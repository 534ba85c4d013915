/** The body of an inference request → the images that are sent. JSON, or JSON with the tensor behind it in binary. */
import { type InferRequest, inferRequestSchema } from '@glimpse/shared/api/open-inference';
import { Problem } from '@glimpse/shared/api/problems';
import { type InputContract, pixelCount } from '@glimpse/shared/image/input-contract';
import { decodeBase64 } from '../../../body/base64.ts';
import type { SentImage } from '../../../body/open-body.ts';
import { parseJson } from '../../../body/parse-json.ts';
import type { SentTensor } from '../../../classify/classify-image.ts';
import { elementsOf, type InputName, inputsOf } from './tensors.ts';

export interface Inference extends Pick<InferRequest, 'id' | 'outputs'> {
  /** One for each image, to be called when it is its turn. */
  readonly images: readonly (() => SentImage | SentTensor)[];
}

/** No image has such numbers, normalized in whatever way; far larger ones make a network compute nonsense. */
const MAX_MAGNITUDE = 10_000;
const RANGE = `one of -${MAX_MAGNITUDE} to ${MAX_MAGNITUDE}`;
/** Besides the numbers of a tensor. */
const MAX_VALUES = 2_000;

/**
 * @param headerLength of `Inference-Header-Content-Length`: where the JSON ends and the tensor begins
 * @throws {Problem} body-malformed, batch-too-large
 */
export function readInferRequest(
  body: Uint8Array<ArrayBuffer>,
  headerLength: string | undefined,
  contract: InputContract,
  maxImages: number,
): Inference {
  const inputs = inputsOf(contract);
  const expected = `send one of the inputs ${inputs.map(({ name, datatype }) => `${name} (${datatype})`).join(', ')}.`;
  const end = headerLength === undefined ? body.length : Number(headerLength);
  if (!/^\d{1,15}$/.test(headerLength ?? '0') || end > body.length) {
    throw malformed(`Inference-Header-Content-Length is the JSON's part of the body's ${body.length} bytes.`);
  }
  // Rows of the innermost dimension have a bracket each.
  const maxValues = MAX_VALUES + 2 * maxImages * pixelCount(contract);
  const {
    id,
    outputs,
    inputs: allSent,
  } = parseJson(body.subarray(0, end), inferRequestSchema, { maxValues, expected });
  const sent = allSent[0]!;
  const input = inputs.find(({ name }) => name === sent.name)!;
  if (input.datatype !== sent.datatype) throw malformed(`${sent.name} is no ${sent.datatype}; ${expected}`);
  const count = readCount(sent.shape, input.shape, maxImages);
  const wanted = count * elementsOf(input.name, contract);
  const size = sent.parameters?.binary_data_size;
  if (sent.data === undefined && size === undefined) {
    throw malformed(`The input ${sent.name} has neither data nor binary_data_size: shared memory is not shared here.`);
  }
  const elements =
    sent.data === undefined
      ? readBinary(input.name, body.subarray(end), size, wanted)
      : readData(input.name, sent.data, wanted);
  return { id, outputs, images: split(elements, count) };
}

/** @returns the number of images; [n] may be written [n, 1], as batches of Triton are */
function readCount(shape: readonly number[], expected: readonly number[], most: number): number {
  const [count = 0, ...rest] = shape;
  const fits = String(rest) === String(expected.slice(1)) || (expected.length === 1 && String(rest) === '1');
  if (!fits) throw malformed(`The shape is [${shape}] and not [${['n', ...expected.slice(1)]}].`);
  if (count < 1) throw malformed('A request has at least one image.');
  if (count > most) {
    throw new Problem('batch-too-large', `A request has at most ${most} images, and not ${count}; send several.`);
  }
  return count;
}

/** Images in base64 are decoded one at a time. */
type Elements = readonly (Uint8Array<ArrayBuffer> | string)[] | Uint8Array<ArrayBuffer> | Float32Array;

function readData(name: InputName, data: readonly unknown[], wanted: number): Elements {
  // In rows or flat; deeper than any tensor is no data.
  const flat = data.flat(3);
  if (flat.length !== wanted) throw malformed(`The shape says ${wanted} elements, and data has ${flat.length}.`);
  if (name === 'picture') {
    if (flat.every((text) => typeof text === 'string')) return flat;
    throw malformed('The elements of BYTES are text: images in base64.');
  }
  const isElement = name === 'pixels' ? isByte : isFloat;
  const wrong = flat.findIndex((value) => !isElement(value));
  if (wrong >= 0) {
    const range = name === 'pixels' ? 'a whole number from 0 to 255' : RANGE;
    throw malformed(`data[${wrong}] is not ${range}.`);
  }
  return name === 'pixels' ? Uint8Array.from(flat as number[]) : Float32Array.from(flat as number[]);
}

function readBinary(name: InputName, bytes: Uint8Array<ArrayBuffer>, size: unknown, wanted: number): Elements {
  if (size !== bytes.length) {
    throw malformed(`binary_data_size is not the ${bytes.length} bytes that follow the JSON.`);
  }
  if (name === 'picture') return readStrings(bytes, wanted);
  const width = name === 'pixels' ? 1 : 4;
  if (bytes.length !== wanted * width) {
    throw malformed(`The shape says ${wanted * width} bytes, and ${bytes.length} follow the JSON.`);
  }
  if (name === 'pixels') return bytes;
  // Copied, since a view of floats has to begin at a multiple of four. Both sides are little-endian.
  const values = new Float32Array(bytes.slice().buffer);
  if (!values.every(isFloat)) throw malformed(`The tensor has a number that is not ${RANGE}.`);
  return values;
}

/** Binary BYTES: four bytes of length, little-endian, in front of each. */
function readStrings(bytes: Uint8Array<ArrayBuffer>, wanted: number): readonly Uint8Array<ArrayBuffer>[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const strings: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  while (at + 4 <= bytes.length && strings.length < wanted) {
    const end = at + 4 + view.getUint32(at, true);
    if (end > bytes.length) break;
    strings.push(bytes.subarray(at + 4, end));
    at = end;
  }
  if (strings.length === wanted && at === bytes.length) return strings;
  throw malformed(`The bytes behind the JSON are not ${wanted} images, each behind its length in four bytes.`);
}

function split(elements: Elements, count: number): Inference['images'] {
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
    return { kind: 'image', bytes: typeof image === 'string' ? decoded(image) : image } as const;
  });
}

function decoded(text: string): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64(text);
  if (bytes) return bytes;
  throw malformed('A text is no image in base64 (RFC 4648), as BYTES are in JSON; is it cut?');
}

const isByte = (value: unknown) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
const isFloat = (value: unknown) => typeof value === 'number' && Math.abs(value) <= MAX_MAGNITUDE;

function malformed(detail: string): Problem {
  return new Problem('body-malformed', detail);
}
