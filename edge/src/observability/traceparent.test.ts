import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { continueTrace, formatTraceparent, parseTraceparent } from './traceparent.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''))
    .filter((digits) => !/^0+$/.test(digits));
const traces = fc.record(
  { traceId: hex(32), spanId: hex(16), flags: fc.integer({ min: 0, max: 3 }) },
  { noNullPrototype: true },
);

test('a formatted trace is parsed again', () => {
  fc.assert(fc.property(traces, (it) => assert.deepEqual(parseTraceparent(formatTraceparent(it)), it)));
});

test('a header with one changed character is another trace or undefined, never an error', () => {
  const changed = fc.tuple(traces, fc.nat({ max: 54 }), fc.string({ unit: 'grapheme', minLength: 0, maxLength: 2 }));
  fc.assert(
    fc.property(changed, ([it, at, instead]) => {
      const header = formatTraceparent(it);
      const read = parseTraceparent(header.slice(0, at) + instead + header.slice(at + 1));
      if (!read) return;
      assert.match(formatTraceparent(read), /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
      assert.deepEqual(parseTraceparent(formatTraceparent(read)), read);
    }),
  );
});

test('arbitrary text is not a trace', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(parseTraceparent(text), undefined)));
});

test('headers that the standard calls invalid are ignored', () => {
  for (const header of [
    null,
    '',
    `00-${trace}-${span}`,
    `00-${trace}-${span}-01-more`,
    `00-${trace}-${span}-1`,
    `00-${trace}-${span}-0g`,
    `ff-${trace}-${span}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace}-${span}-01, 00-${trace}-${span}-01`,
    `01-${trace}-${span}-01more`,
  ]) {
    assert.equal(parseTraceparent(header), undefined, String(header));
  }
});

test('the known fields of a later version are read, and unknown flags are dropped', () => {
  assert.deepEqual(parseTraceparent(`01-${trace}-${span}-ff-more`), { traceId: trace, spanId: span, flags: 3 });
  assert.deepEqual(parseTraceparent(` 00-${trace}-${span}-09 `), { traceId: trace, spanId: span, flags: 1 });
});

test('the new span is in the same trace, and never all zeros', () => {
  fc.assert(
    fc.property(traces, (it) => {
      const ours = continueTrace(it);
      assert.deepEqual({ ...ours, spanId: it.spanId }, it);
      assert.notEqual(ours.spanId, it.spanId);
    }),
  );
  assert.ok(
    parseTraceparent(formatTraceparent(continueTrace({ traceId: trace, spanId: span, flags: 0 }, new Uint8Array(8)))),
  );
});
