import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { readRange } from './byte-range.ts';

test('a range selects its bytes, truncated at the end', () => {
  assert.deepEqual(readRange('bytes=0-0', 10), { offset: 0, length: 1 });
  assert.deepEqual(readRange('bytes=2-5', 10), { offset: 2, length: 4 });
  assert.deepEqual(readRange('bytes=2-', 10), { offset: 2, length: 8 });
  assert.deepEqual(readRange('bytes=2-99', 10), { offset: 2, length: 8 });
  assert.deepEqual(readRange('bytes=-3', 10), { offset: 7, length: 3 });
  assert.deepEqual(readRange('Bytes=-99', 10), { offset: 0, length: 10 });
});

test('bytes that do not exist are unsatisfiable', () => {
  for (const range of ['bytes=10-', 'bytes=10-12', 'bytes=999999999999999-', 'bytes=-0']) {
    assert.equal(readRange(range, 10), 'unsatisfiable', range);
  }
});

test('no range, several ranges, another unit and invalid text select the whole content', () => {
  for (const range of [
    null,
    '',
    'bytes=',
    'bytes=-',
    'bytes=5-2',
    'bytes=0-1,4-5',
    'items=0-1',
    'bytes=a-b',
    'bytes 0-1',
  ]) {
    assert.equal(readRange(range, 10), undefined, String(range));
  }
});

test('every range lies within the content', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^bytes=\d{0,5}-\d{0,5}$/)),
      fc.integer({ min: 1, max: 1e5 }),
      (header, size) => {
        const range = readRange(header, size);
        if (range === undefined || range === 'unsatisfiable') return;
        assert.ok(range.offset >= 0 && range.length >= 1 && range.offset + range.length <= size);
      },
    ),
  );
});
