import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { createKeyText, KEY_LENGTH, readKeyText } from './key-text.ts';

const kinds = fc.constantFrom('secret' as const, 'publishable' as const);
const fault = (text: string) => {
  const read = readKeyText(text);
  assert.ok('message' in read, 'it is taken for a key');
  return read;
};

test('a key is read as what it was made as, and no two are the same', () => {
  const keys = new Set<string>();
  fc.assert(
    fc.property(kinds, (kind) => {
      const text = createKeyText(kind);
      assert.match(text, kind === 'secret' ? /^gls_[0-9A-Za-z]{36}$/ : /^glp_[0-9A-Za-z]{36}$/);
      assert.deepEqual(readKeyText(text), { kind });
      assert.ok(!keys.has(text));
      keys.add(text);
    }),
    { numRuns: 1000 },
  );
});

test('every letter comes about as often as every other', () => {
  const counts = new Map<string, number>();
  const rounds = 2_000;
  for (let i = 0; i < rounds; i++) {
    for (const letter of createKeyText('secret').slice(4, 34)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  const expected = (rounds * 30) / 62;
  assert.equal(counts.size, 62);
  // Six standard deviations of a binomial.
  for (const count of counts.values()) assert.ok(Math.abs(count - expected) < 6 * Math.sqrt(expected));
});

test('one character that is another: told by the checksum', () => {
  fc.assert(
    fc.property(kinds, fc.nat({ max: 35 }), fc.nat({ max: 60 }), (kind, place, step) => {
      const text = createKeyText(kind);
      const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
      const at = place + 4;
      const other = alphabet[(alphabet.indexOf(text[at]!) + 1 + step) % 62];
      assert.match(fault(text.slice(0, at) + other + text.slice(at + 1)).message, /checksum/);
    }),
    { numRuns: 500 },
  );
});

test('a secret key is no publishable one with another prefix', () => {
  assert.match(fault(createKeyText('secret').replace('gls_', 'glp_')).message, /checksum/);
});

test('spaces and line ends, also as a shell or a URL writes them, are named', () => {
  const text = createKeyText('secret');
  for (const wrong of [`${text}\n`, `${text}\r\n`, ` ${text}`, `${text} `, `${text}\\n`, `${text}%0A`, `${text}%20`]) {
    assert.match(fault(wrong).message, /space or a line end/, JSON.stringify(wrong.slice(40)));
  }
});

test('cut, doubled, quoted: told, and never repeated', () => {
  const text = createKeyText('secret');
  for (const wrong of [text.slice(0, -1), text + text, `${text}"`, 'gls_', `${text.slice(0, -1)}ü`]) {
    const { message, foreign } = fault(wrong);
    assert.equal(foreign, false);
    assert.ok(!message.includes(wrong.slice(4)) || wrong === 'gls_');
  }
  assert.equal(text.length, KEY_LENGTH);
});

test('what is no key of this project is foreign', () => {
  for (const text of ['', 'hf_abcdef', 'sk_live_1', 'glx_'.padEnd(40, 'a'), 'GLS_'.padEnd(40, 'a')]) {
    assert.equal(fault(text).foreign, true, text);
  }
});

test('any text at all is read without an exception', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((text) => `gls_${text}`),
      ),
      (text) => {
        assert.ok('message' in readKeyText(text));
      },
    ),
  );
});
