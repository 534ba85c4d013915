import assert from 'node:assert/strict';
import test from 'node:test';
import { unnormalized } from '@glimpse/shared/image/input-contract';
import fc from 'fast-check';
import { readInferRequest } from './infer-request.ts';

const contract = unnormalized({ height: 8, width: 9, channels: 3, fit: 'stretch' });
const EACH = 8 * 9 * 3;

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const held = (bytes: Uint8Array<ArrayBuffer>) => ({ bytes, hold() {} });
const read = (request: unknown) => readInferRequest(held(bytesOf(request)), undefined, contract, 32);
const inputs = (input: object) => ({ inputs: [input] });

/** The JSON, followed by the tensor. */
function binary(input: { name: string; datatype: string; shape: number[] }, tensor: Uint8Array, size = tensor.length) {
  const json = bytesOf(inputs({ ...input, data: undefined, parameters: { binary_data_size: size } }));
  const body = new Uint8Array([...json, ...tensor]);
  return readInferRequest(held(body), String(json.length), contract, 32);
}

const uint8 = fc
  .uint8Array({ minLength: 1, maxLength: 3 })
  .map((seeds) => Uint8Array.from({ length: seeds.length * EACH }, (_, i) => seeds[Math.floor(i / EACH)]! + i));
const float = fc.float({ noNaN: true, min: -10_000, max: 10_000 });
const fp32 = fc
  .array(float, { minLength: 1, maxLength: 3 })
  .map((seeds) =>
    Float32Array.from({ length: seeds.length * EACH }, (_, i) => seeds[Math.floor(i / EACH)]! / (1 + (i % 7))),
  );
const images = fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 32 });

test('pixels and tensors arrive unchanged: flat, in rows, in binary', () => {
  for (const [name, datatype, kind, arrays] of [
    ['pixels', 'UINT8', 'pixels', uint8],
    ['tensor', 'FP32', 'tensor', fp32],
  ] as const) {
    fc.assert(
      fc.property(arrays as fc.Arbitrary<Uint8Array | Float32Array>, (array) => {
        const shape = [array.length / EACH, 8, 9, 3];
        const flat = [...array];
        const rows = Array.from({ length: flat.length / 27 }, (_, row) => flat.slice(row * 27, (row + 1) * 27));
        const raw = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
        for (const sent of [
          read(inputs({ name, datatype, shape, data: flat })),
          read(inputs({ name, datatype, shape, data: rows })),
          binary({ name, datatype, shape }, raw),
        ]) {
          const opened = sent.images.map((open) => open());
          assert.equal(opened.length, shape[0]);
          const arrived = opened.flatMap((one) => [...(one.kind === 'tensor' ? one.values : one.bytes)]);
          assert.ok(opened.every((one) => one.kind === kind));
          assert.ok(arrived.length === flat.length && arrived.every((value, i) => value === flat[i]));
        }
      }),
      { numRuns: 30 },
    );
  }
});

test('images arrive byte for byte: as base64 in JSON, or in binary', () => {
  fc.assert(
    fc.property(images, (files) => {
      const data = files.map((file) => Buffer.from(file).toString('base64'));
      const tensor = files.flatMap((file) => [...new Uint8Array(Uint32Array.of(file.length).buffer), ...file]);
      const input = { name: 'picture', datatype: 'BYTES' };
      for (const sent of [
        read(inputs({ ...input, shape: [files.length], data })),
        read(inputs({ ...input, shape: [files.length, 1], data: data.map((text) => [text]) })),
        binary({ ...input, shape: [files.length] }, Uint8Array.from(tensor)),
      ]) {
        const arrived = sent.images.map((open) => {
          const one = open();
          return one.kind === 'image' ? [...one.bytes] : one.kind;
        });
        assert.deepEqual(
          arrived,
          files.map((file) => [...file]),
        );
      }
    }),
  );
});

test('any bytes after the JSON and any header length give a request or a problem, never another error', () => {
  const request = bytesOf(
    inputs({ name: 'picture', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: 9 } }),
  );
  const header = fc.oneof(fc.string(), fc.nat().map(String), fc.constant(String(request.length)));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), header, (tensor, length) => {
      try {
        readInferRequest(held(new Uint8Array([...request, ...tensor])), length, contract, 32);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'body-malformed', String(error));
      }
    }),
  );
});

const pixels = { name: 'pixels', datatype: 'UINT8', shape: [1, 8, 9, 3], data: Array<number>(EACH).fill(7) };
const tensor = { ...pixels, name: 'tensor', datatype: 'FP32' };
const image = { name: 'picture', datatype: 'BYTES', shape: [1], data: ['AAAA'] };
for (const [what, request, message] of [
  ['no inputs', {}, /inputs/],
  ['two inputs', { inputs: [image, pixels] }, /inputs/],
  ['an unknown input', inputs({ ...image, name: 'image' }), /inputs\.0\.name.*picture \(BYTES\), pixels \(UINT8\)/],
  ['another datatype', inputs({ ...pixels, datatype: 'FP32' }), /pixels is not FP32/],
  ['another shape', inputs({ ...pixels, shape: [1, 9, 8, 3] }), /must be \[n,8,9,3\], not \[1,9,8,3\]/],
  ['a shape without batch', inputs({ ...pixels, shape: [8, 9, 3] }), /\[8,9,3\]/],
  ['no image', inputs({ ...image, shape: [0], data: [] }), /at least one/],
  ['a number too many', inputs({ ...pixels, data: [...pixels.data, 1] }), /216 elements, but data has 217/],
  ['a byte of 256', inputs({ ...pixels, data: pixels.data.with(5, 256) }), /data\[5\].*0 to 255/],
  ['half a byte', inputs({ ...pixels, data: pixels.data.with(5, 0.5) }), /data\[5\].*0 to 255/],
  ['a number of no image', inputs({ ...tensor, data: tensor.data.with(9, -10_001) }), /data\[9\].*-10000 to 10000/],
  ['null', inputs({ ...tensor, data: (tensor.data as unknown[]).with(0, null) }), /data\[0\]/],
  ['numbers for images', inputs({ ...image, data: [1] }), /must be strings/],
  ['data that is deeper than its shape', inputs({ ...pixels, data: [[[[[pixels.data]]]]] }), /elements/],
  ['no data', inputs({ ...image, data: undefined }), /neither data/],
  ['shared memory', inputs({ ...image, data: undefined, parameters: { shared_memory_region: 'x' } }), /Shared memory/],
  ['a negative shape', inputs({ ...image, shape: [-1] }), /shape/],
  ['a number as id', { ...inputs(image), id: 1 }, /id/],
  ['a million numbers', inputs({ ...tensor, data: Array(1_000_000).fill(1) }), /more than \d+ values/],
] as const) {
  test(`${what}: refused with the reason`, () => {
    assert.throws(() => read(request), { code: 'body-malformed', message });
  });
}

test('a string that is not base64 is refused in the turn of its image', () => {
  const {
    images: [open],
  } = read(inputs({ ...image, data: ['%%%'] }));
  assert.throws(() => open!(), { code: 'body-malformed', message: /base64/ });
});

test('binary data of another size than declared is refused', () => {
  const bytes = new Uint8Array(EACH);
  assert.throws(() => binary(pixels, bytes, EACH - 1), /binary_data_size/);
  assert.throws(() => binary(pixels, bytes.subarray(1)), /216 bytes, but 215 bytes follow/);
  assert.throws(
    () => binary(tensor, new Uint8Array(new Float32Array(EACH).fill(Number.NaN).buffer)),
    /-10000 to 10000/,
  );
  assert.throws(() => binary(image, Uint8Array.of(9, 0, 0, 0, 1)), /send 1 images, each preceded by its length/);
});

test('33 images exceed the limit', () => {
  const many = inputs({ ...image, shape: [33], data: Array(33).fill('AAAA') });
  assert.throws(() => read(many), { code: 'batch-too-large', message: /has 33 images\. The limit is 32/ });
});
