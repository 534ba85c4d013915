import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { parseJson } from './parse-json.ts';

const parse = (text: Uint8Array, maxValues: number) =>
  parseJson(text, z.unknown(), { maxValues, expected: 'send less.' });
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

test('an image in base64 is few values, regardless of its length', () => {
  const text = JSON.stringify({ inputs: 'A'.repeat(2 ** 24), parameters: { top_k: 3 } });
  assert.equal((parse(bytes(text), 10) as { inputs: string }).inputs.length, 2 ** 24);
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
  assert.throws(() => parseJson(json, schema, { maxValues: 9, expected: 'send names.' }), {
    code: 'body-malformed',
    message: /inputs\.0\.name: .*; send names\./,
  });
});
