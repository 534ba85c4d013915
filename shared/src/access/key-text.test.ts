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

test('a key has the kind it was created with, and all keys differ', () => {
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

test('all letters are about equally frequent', () => {
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

test('one wrong character is detected by the checksum', () => {
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

test('a secret key with the publishable prefix is invalid', () => {
  assert.match(fault(createKeyText('secret').replace('gls_', 'glp_')).message, /checksum/);
});

test('white space is reported, also as escaped in a shell or a URL', () => {
  const text = createKeyText('secret');
  for (const wrong of [`${text}\n`, `${text}\r\n`, ` ${text}`, `${text} `, `${text}\\n`, `${text}%0A`, `${text}%20`]) {
    assert.match(fault(wrong).message, /white space/, JSON.stringify(wrong.slice(40)));
  }
});

test('truncated, doubled and quoted keys are reported, and never quoted', () => {
  const text = createKeyText('secret');
  for (const wrong of [text.slice(0, -1), text + text, `${text}"`, 'gls_', `${text.slice(0, -1)}ü`]) {
    const { message, foreign } = fault(wrong);
    assert.equal(foreign, false);
    assert.ok(!message.includes(wrong.slice(4)) || wrong === 'gls_');
  }
  assert.equal(text.length, KEY_LENGTH);
});

test('keys of other services are foreign', () => {
  for (const text of ['', 'hf_abcdef', 'sk_live_1', 'glx_'.padEnd(40, 'a'), 'GLS_'.padEnd(40, 'a')]) {
    assert.equal(fault(text).foreign, true, text);
  }
});

test('reading never throws', () => {
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
