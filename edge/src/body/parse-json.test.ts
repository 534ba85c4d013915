import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { parseJson } from './parse-json.ts';

const parse = (text: Uint8Array<ArrayBuffer>, maxValues: number) =>
  parseJson(text, z.unknown(), { maxValues, expected: 'send less.', images: ['inputs'], hold() {} }).value;
const bytes = (text: string) => new TextEncoder().encode(text);

test('JSON with few values is parsed as by JSON.parse', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      assert.deepEqual(parse(bytes(text), 100_000), JSON.parse(text));
    }),
  );
});

test('the count is an upper bound of the values', () => {
  const count = (value: unknown): number =>
    value !== null && typeof value === 'object'
      ? Object.values(value).reduce<number>((sum, inner) => sum + count(inner), 1)
      : 1;
  fc.assert(
    fc.property(fc.json(), (text) => {
      const values = count(JSON.parse(text));
      fc.pre(values > 1);
      assert.throws(() => parse(bytes(text), values - 1), { code: 'body-malformed' });
    }),
  );
});

test('25 MiB of brackets or of numbers are refused before they are parsed', () => {
  for (const part of ['[', '1,', '{"a":']) {
    const huge = bytes(part.repeat((25 * 2 ** 20) / part.length));
    assert.throws(() => parse(huge, 10_000), /more than 10000 values.*send less/);
  }
});

const image = Uint8Array.from({ length: 3 * 2 ** 20 }, (_, index) => (index * 37) % 251);

test('a long image is decoded in the memory of the body, and only what is text is counted', () => {
  const base64 = Buffer.from(image).toString('base64');
  for (const sent of [base64, base64.replaceAll('/', '\\/'), `data:image\\/png;base64,${base64}`, `${base64}\\r\\n`]) {
    // A character outside Latin-1, before and after.
    for (const more of ['"note": "🐱", "inputs": $', '"inputs": $, "note": "🐱"', `"inputs": $${' '.repeat(1e6)}`]) {
      const body = bytes(`{${more.replace('$', () => `"${sent}"`)}}`);
      let held = 0;
      const { value, decode } = parseJson(body, z.object({ inputs: z.string() }), {
        expected: '',
        images: ['inputs'],
        hold: (size) => {
          held += size;
        },
      });
      const decoded = decode(value.inputs)!;
      assert.equal(decoded.buffer, body.buffer);
      assert.ok(Buffer.from(image).equals(decoded));
      assert.ok(held < 10_000, `${held} bytes`);
    }
  }
});

test('a long string that is not base64, or in another member, is refused', () => {
  const text = 'A'.repeat(100_000);
  const schema = z.object({ inputs: z.string() });
  const options = { expected: 'send less.', images: ['inputs'], hold() {} };
  for (const inputs of [`${text}*`, `${text}\n`, `${text}\\u00e9`, `${text}é`, `A${text}`]) {
    const { value, decode } = parseJson(bytes(`{"inputs": "${inputs}", "x": ""}`), schema, options);
    assert.equal(decode(value.inputs), undefined);
  }
  for (const json of [`{"inputs": "AAAA", "note": "${text}"}`, `["${text}"]`, `{"${text}": 1}`]) {
    assert.throws(() => parseJson(bytes(json), schema, options), /string of 100001 bytes .*; send less/);
  }
});

test('values that are parsed count toward the budget before they are parsed', () => {
  const held: number[] = [];
  const options = { expected: '', maxValues: 2 ** 20, hold: (size: number) => void held.push(size) };
  parseJson(bytes(`[${'1,'.repeat(100_000)}"é"]`), z.unknown(), options);
  assert.deepEqual(held, [200_006, 2 * 200_006 + 32 * 100_002]);
});

test('invalid JSON and invalid UTF-8 are refused as such', () => {
  for (const broken of [bytes(''), bytes('{"a":'), bytes('NaN'), new Uint8Array([0x22, 0xff, 0x22])]) {
    assert.throws(() => parse(broken, 100), {
      code: 'body-malformed',
      message: /not JSON; send less/,
    });
  }
});

test('a value that violates the schema is named by its path', () => {
  const schema = z.object({ inputs: z.array(z.object({ name: z.string() })) });
  const json = bytes('{"inputs":[{"name":1}]}');
  assert.throws(() => parseJson(json, schema, { maxValues: 9, expected: 'send names.', hold() {} }), {
    code: 'body-malformed',
    message: /inputs\.0\.name: .*; send names\./,
  });
});
