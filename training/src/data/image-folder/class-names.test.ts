import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { classesOf } from './class-names.ts';
import { byCodePoint } from './listing.ts';

test('classes are numbered in order of code points, whatever order they come in', () => {
  const { labels, indexOf } = classesOf(['zebra', 'Ant', '猫', '10', '2', '\u{1f431}', '\uff5a']);
  assert.deepEqual(labels, ['10', '2', 'Ant', 'zebra', '猫', '\uff5a', '\u{1f431}']);
  assert.equal(indexOf.get('zebra'), 3);
});

test('a label is in composed form, and its folder keeps the name that it has', () => {
  const { labels, indexOf } = classesOf(['cafe\u0301', 'bar']);
  assert.deepEqual(labels, ['bar', 'caf\u00e9']);
  assert.equal(indexOf.get('cafe\u0301'), 1);
});

const same: [string, string, RegExp][] = [
  ['Cat', 'cat', /the same but for upper and lower case: "Cat" and "cat"\. Rename one/],
  ['STRASSE', 'straße', /upper and lower case: "STRASSE" and "straße" \(U\+00DF\)/],
  ['caf\u00e9', 'cafe\u0301', /how their letters are composed in Unicode: .*\(U\+0301\) and .*\(U\+00E9\)/],
  ['CAFE\u0301', 'caf\u00e9', /upper and lower case/],
];
for (const [a, b, message] of same) {
  test(`"${a}" and "${b}" (${b.length} characters) are refused, naming both`, () => {
    assert.throws(() => classesOf([a, 'other', b]), { code: 'data-invalid', message });
  });
}

test('a name that no release would take is refused', () => {
  assert.throws(() => classesOf(['x'.repeat(1001)]), { message: /has 1001 characters; at most 1000/ });
});

test('byCodePoint orders as UTF-8 bytes do', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(byCodePoint(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
