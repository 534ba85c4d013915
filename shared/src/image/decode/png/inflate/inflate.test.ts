import assert from 'node:assert/strict';
import test from 'node:test';
import { constants, deflateRawSync, deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { Inflate, InflateError } from './inflate.ts';

function inflated(compressed: Uint8Array, piece = compressed.length || 1): Buffer {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < compressed.length; at += piece) pieces.push(compressed.subarray(at, at + piece));
  const inflate = new Inflate(pieces);
  const steps: Buffer[] = [];
  for (let step = inflate.next(); step; step = inflate.next()) steps.push(Buffer.from(step));
  return Buffer.concat(steps);
}

const strategies = ['DEFAULT_STRATEGY', 'FILTERED', 'HUFFMAN_ONLY', 'RLE', 'FIXED'] as const;

/** A mix of text, noise, runs, and near and far repeats. */
const mixed = Buffer.concat([
  Buffer.from('to be, or not to be, that is the question. '.repeat(500)),
  Buffer.from(Array.from({ length: 100_000 }, (_, i) => (Math.imul(i, 2654435761) >>> (i & 15)) & 255)),
  Buffer.alloc(70_000, 7),
  Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) >> 9)),
]);

test('data deflated by zlib with any strategy, level and window is inflated', () => {
  for (const strategy of strategies) {
    for (const level of [0, 1, 4, 6, 9]) {
      for (const windowBits of [9, 12, 15]) {
        const options = {
          strategy: constants[`Z_${strategy}`],
          level,
          windowBits,
          memLevel: 1 + ((level + windowBits) % 9),
        };
        const compressed = deflateSync(mixed, options);
        assert.ok(inflated(compressed).equals(mixed), JSON.stringify(options));
      }
    }
  }
});

test('any bytes survive a round trip, split into any pieces', () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 5000 }), fc.array(fc.nat(3), { maxLength: 5000 }));
  fc.assert(
    fc.property(bytes, fc.nat(9), fc.integer({ min: 1, max: 99 }), (plain, level, piece) => {
      const compressed = deflateSync(Uint8Array.from(plain), { level });
      assert.ok(inflated(compressed, piece).equals(Buffer.from(plain)));
    }),
    { numRuns: 300 },
  );
});

test('a step is at most 64 KiB plus a match, even for a bomb', () => {
  const bomb = deflateSync(Buffer.alloc(2 ** 24), { level: 9 });
  const inflate = new Inflate([bomb]);
  let total = 0;
  for (let step = inflate.next(); step; step = inflate.next()) {
    assert.ok(step.length > 0 && step.length <= 2 ** 16 + 258);
    total += step.length;
  }
  assert.equal(total, 2 ** 24);
});

test('data truncated anywhere is reported as ending too early', () => {
  for (const strategy of strategies) {
    const whole = deflateSync(mixed.subarray(0, 3000), { strategy: constants[`Z_${strategy}`] });
    for (let length = 0; length < whole.length; length++) {
      assert.throws(() => inflated(whole.subarray(0, length)), { name: 'InflateError', message: 'ends too early' });
    }
  }
});

test('consumed counts the used bytes, excluding what follows the data', () => {
  const compressed = deflateSync(mixed);
  const inflate = new Inflate([compressed, new Uint8Array(100)]);
  let before = 0;
  while (inflate.next()) {
    assert.ok(inflate.consumed >= before && inflate.consumed <= compressed.length);
    before = inflate.consumed;
  }
  assert.equal(inflate.consumed, compressed.length);
});

for (const [fault, bytes] of Object.entries({
  'no zlib header': deflateRawSync('abc'),
  'a preset dictionary': deflateSync('abc', { dictionary: Buffer.from('abc') }),
  'a block type of no standard': Buffer.from([0x78, 0x9c, 0x07]),
  'a stored block of two lengths': Buffer.from([0x78, 0x9c, 0x01, 5, 0, 0, 0]),
  'a distance before the beginning': Buffer.from([0x78, 0x9c, 0x63, 0x00, 0x62, 0, 0, 0, 0, 0]),
  'a checksum that does not fit': (() => {
    const compressed = deflateSync('abc');
    compressed[compressed.length - 1]! ^= 1;
    return compressed;
  })(),
})) {
  test(`${fault} is refused`, () => {
    assert.throws(
      () => inflated(bytes),
      (error) => error instanceof InflateError && error.message !== 'ends too early',
    );
  });
}

test('damaged data is refused, or inflated like zlib does, in bounded time', () => {
  const whole = deflateSync(mixed.subarray(0, 60_000), { level: 6, memLevel: 3 });
  const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(changes, (changed) => {
      const damaged = Buffer.from(whole);
      for (const [at, value] of changed) damaged[at] = value;
      let expected: Buffer | undefined;
      try {
        expected = inflateSync(damaged);
      } catch {}
      let actual: Buffer | undefined;
      try {
        actual = inflated(damaged);
      } catch (error) {
        assert.ok(error instanceof InflateError, String(error));
      }
      assert.deepEqual(actual, expected);
    }),
    { numRuns: 500 },
  );
});

test('random blocks are refused because of their checksum', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (random) => {
      // A last block with its own codes.
      random[0] = (random[0]! & 0xf8) | 5;
      assert.throws(() => inflated(Buffer.from([0x78, 0x9c, ...random])), InflateError);
    }),
    { numRuns: 3000 },
  );
});
