import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { classesOf } from './class-names.ts';
import { byCodePoint } from './listing.ts';

test('classes are numbered in order of code points, regardless of input order', () => {
  const { labels, indexOf } = classesOf(['zebra', 'Ant', '猫', '10', '2', '\u{1f431}', '\uff5a']);
  assert.deepEqual(labels, ['10', '2', 'Ant', 'zebra', '猫', '\uff5a', '\u{1f431}']);
  assert.equal(indexOf.get('zebra'), 3);
});

test('a label is in composed form, and its folder keeps its name', () => {
  const { labels, indexOf } = classesOf(['cafe\u0301', 'bar']);
  assert.deepEqual(labels, ['bar', 'caf\u00e9']);
  assert.equal(indexOf.get('cafe\u0301'), 1);
});

const same: [string, string, RegExp][] = [
  ['Cat', 'cat', /differ only in letter case: "Cat" and "cat"\. Rename one/],
  ['STRASSE', 'straße', /letter case: "STRASSE" and "straße" \(U\+00DF\)/],
  ['caf\u00e9', 'cafe\u0301', /Unicode composition of their letters: .*\(U\+0301\) and .*\(U\+00E9\)/],
  ['CAFE\u0301', 'caf\u00e9', /letter case/],
];
for (const [a, b, message] of same) {
  test(`"${a}" and "${b}" (${b.length} characters) are rejected, naming both`, () => {
    assert.throws(() => classesOf([a, 'other', b]), { code: 'data-invalid', message });
  });
}

test('a name that is too long for a release is rejected', () => {
  assert.throws(() => classesOf(['x'.repeat(1001)]), { message: /has 1001 characters; the maximum is 1000/ });
});

test('byCodePoint gives the order of UTF-8 bytes', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(byCodePoint(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
