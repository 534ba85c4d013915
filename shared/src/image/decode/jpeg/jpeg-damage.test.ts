/** Truncated, damaged and crafted files: refused with a position, or read if viewers do. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { count } from '@glimpse/test/support/counts';
import {
  encodeJpeg,
  flatProgressive,
  planes,
  progressiveScript,
  segment,
} from '@glimpse/test/support/image/jpeg-encoder-fixture';
import { contractOf, difference, jpeg, skeleton } from '@glimpse/test/support/image/jpeg-fixture';
import fc from 'fast-check';
import { ImageError } from '../../image-error.ts';
import { MAX_WORK } from '../work-meter.ts';
import { decodeJpeg } from './jpeg-decoder.ts';
import { MAX_SCANS } from './limits.ts';

const contract = contractOf();
const decode = (bytes: Uint8Array, side = 32) =>
  decodeJpeg(bytes, contractOf({ width: side, height: side }), { maxPixels: 1e8 });
const undecodable = { name: 'ImageError', code: 'image-undecodable' };

const size = { width: 60, height: 42 };
const components = planes(60, 42, 3).map((plane, i) => ({
  plane,
  horizontal: i === 0 ? 2 : 1,
  vertical: i === 0 ? 2 : 1,
}));
const restarting = encodeJpeg({ ...size, components, restartInterval: 2 });
const progressive = encodeJpeg({ ...size, components, progressive: true, scans: progressiveScript(3) });

const files: readonly [name: string, bytes: Uint8Array][] = [
  ['baseline', await jpeg(size)],
  ['progressive', await jpeg({ ...size, progressive: true })],
  ['gray', encodeJpeg({ ...size, components: components.slice(0, 1) })],
  ['restarting', restarting],
  ['many-scan', encodeJpeg({ ...size, components, scans: [{ components: [1, 2] }, { components: [0] }] })],
];

for (const [name, bytes] of files) {
  test(`a ${name} JPEG that is truncated anywhere is refused`, () => {
    for (let length = 2; length < bytes.length - 4; length++) {
      assert.throws(() => decode(bytes.slice(0, length)), undecodable, `cut at ${length} of ${bytes.length}`);
    }
  });

  test(`a ${name} JPEG without an end marker is accepted`, () => {
    const whole = decode(bytes);
    assert.deepEqual(decode(bytes.subarray(0, -1)), whole);
    assert.deepEqual(decode(bytes.subarray(0, -2)), whole);
  });
}

test('a truncation in scans that the target does not need is detected', async () => {
  const bytes = await jpeg({ width: 800, height: 600, progressive: true });
  for (const side of [8, 16]) {
    for (let length = 1000; length < bytes.length - 2; length += 997) {
      assert.throws(() => decode(bytes.subarray(0, length), side), undecodable, `cut at ${length}, for ${side}`);
    }
    assert.doesNotThrow(() => decode(bytes, side));
  }
});

test('a truncation is reported with its position', async () => {
  const bytes = await jpeg({ width: 160, height: 160 });
  const length = bytes.length >> 1;
  assert.throws(
    () => decode(bytes.slice(0, length)),
    (error) => {
      assert.ok(error instanceof ImageError);
      assert.match(error.message, /^this JPEG is truncated: .* \(near byte \d+, in block row \d of 10\); send/);
      assert.ok(Number(error.details.byte) <= length && Number(error.details.byte) > length - 200);
      assert.equal(error.details.rows, 10);
      return true;
    },
  );
});

test('a truncated JPEG with an added end marker is refused', async () => {
  const bytes = await jpeg(size);
  assert.throws(() => decode(Uint8Array.of(...bytes.subarray(0, bytes.length / 2), 0xff, 0xd9)), undecodable);
});

test('a JPEG whose second half was lost to zeros is refused', async () => {
  for (const progressive of [false, true]) {
    const bytes = await jpeg({ ...size, progressive });
    assert.throws(() => decode(bytes.fill(0, bytes.length / 2)), undecodable);
  }
});

test('a progressive JPEG with missing scans is refused, unless it has an end marker', () => {
  const lastScan = progressive.lastIndexOf(0xda) - 1;
  const early = progressive.subarray(0, lastScan);
  assert.throws(() => decode(early), undecodable);
  assert.ok(difference(decode(Uint8Array.of(...early, 0xff, 0xd9)).pixels, decode(progressive).pixels).mean < 2);
});

test('a component without a scan is refused', () => {
  const bytes = encodeJpeg({ ...size, components, scans: [{ components: [0] }, { components: [1] }] });
  assert.throws(() => decode(bytes), undecodable);
});

test('stray bytes and padding before a marker, and anything after the end, are tolerated', async () => {
  const bytes = await jpeg(size);
  const whole = decode(bytes);
  const before = (...stray: number[]) => Uint8Array.of(...bytes.subarray(0, -2), ...stray, ...bytes.subarray(-2));
  assert.deepEqual(decode(before(1, 2, 3, 4)), whole);
  assert.deepEqual(decode(before(0xff, 0xff, 0xff)), whole);
  assert.deepEqual(decode(before(...new Array(20_000).fill(0))), whole);
  assert.deepEqual(decode(Uint8Array.of(...bytes, 1, 2, 3, 0xff)), whole);
});

test('data that does not belong to any block is refused', async () => {
  const bytes = await jpeg(size);
  const stray = Array.from({ length: bytes.length }, (_, i) => i % 200);
  assert.throws(() => decode(Uint8Array.of(...bytes.subarray(0, -2), ...stray, 0xff, 0xd9)), {
    ...undecodable,
    message: /do not belong to any block/,
  });
});

test('small losses between restart markers are concealed, larger ones are refused', () => {
  const [luma] = planes(640, 640, 1);
  const bytes = encodeJpeg({ width: 640, height: 640, components: [{ plane: luma! }], restartInterval: 20 });
  const whole = decode(bytes);
  const markers = [...bytes.keys()].filter((at) => bytes[at] === 0xff && ((bytes[at + 1] ?? 0) & 0xf8) === 0xd0);
  const without = (from: number, to: number) =>
    new Uint8Array(Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]));
  // Removes the data of an interval, then an interval with its marker, then the second half of one.
  for (const lost of [
    without(markers[99]! + 2, markers[100]!),
    without(markers[99]!, markers[100]!),
    without((markers[99]! + markers[100]!) >> 1, markers[100]!),
  ]) {
    const { mean, most } = difference(decode(lost).pixels, whole.pixels);
    assert.ok(mean < 0.5 && most < 60, `off by ${mean}, at most ${most}`);
  }
  assert.throws(() => decode(without(markers[99]!, markers[102]!)), {
    ...undecodable,
    message: /in block row \d+ of 80/,
  });
  assert.throws(() => decode(without(markers[99]! + 2, markers[103]!)), undecodable);
});

test('wrong numbers of restart markers are ignored', () => {
  const bytes = restarting.slice();
  const at = [...bytes.keys()].filter((i) => bytes[i] === 0xff && ((bytes[i + 1] ?? 0) & 0xf8) === 0xd0);
  for (const marker of at) bytes[marker + 1] = 0xd0 + ((bytes[marker + 1]! + 4) & 7);
  assert.deepEqual(decode(bytes), decode(restarting));
});

test('missing Huffman tables are replaced by the standard ones, or refused', () => {
  assert.throws(() => decode(skeleton({})), undecodable);
  const bytes = encodeJpeg({ ...size, components, huffman: 'none' });
  const scan = Buffer.from(bytes).indexOf(Buffer.of(0xff, 0xda, 0, 12));
  bytes[scan + 6] = 0x33;
  assert.throws(() => decode(bytes), { ...undecodable, message: /a Huffman table is missing/ });
});

test('a second frame header and a scan before the first are refused', async () => {
  const bytes = await jpeg(size);
  const frame = bytes.subarray(bytes.indexOf(0xc0) - 1, bytes.indexOf(0xc0) + 18);
  assert.throws(() => decode(Uint8Array.of(...bytes.subarray(0, 2), ...frame, ...bytes.subarray(2))), undecodable);
  assert.throws(() => decode(Uint8Array.of(0xff, 0xd8, ...segment(0xda, 1, 1, 0, 0, 63, 0))), {
    ...undecodable,
    message: /before the frame header/,
  });
});

test('the number of scans of a JPEG is limited', async () => {
  // So large for its target that these scans are skipped.
  const bytes = await jpeg({ width: 800, height: 600, progressive: true });
  const scans = Array.from({ length: MAX_SCANS + 1 }, () => segment(0xda, 1, 1, 0, 6, 63, 0x21)).flat();
  assert.throws(() => decode(new Uint8Array(Buffer.concat([bytes.subarray(0, -2), Buffer.from(scans)])), 8), {
    ...undecodable,
    details: { limit: MAX_SCANS, actual: MAX_SCANS + 1 },
  });
});

test('a few bytes that cause too much work are refused', () => {
  const bytes = flatProgressive({ width: 6000, height: 6000, factors: [[1, 1]], refinements: 96 });
  assert.throws(
    () => decode(bytes, 200),
    (error) => error instanceof ImageError && error.details.limit === MAX_WORK,
  );
});

test('a damaged JPEG decodes or is refused, deterministically, and never hangs', () => {
  const seeds = files.map(([, bytes]) => bytes);
  const change = fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 0xff, 0xd0, 0xd9, 0xda, 0xc4)));
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds, progressive),
      fc.array(change, { minLength: 1, maxLength: 5 }),
      (seed, changes) => {
        const damaged = seed.slice();
        for (const [at, value] of changes) damaged[2 + (at % (damaged.length - 2))] = value;
        assert.deepEqual(outcome(damaged), outcome(damaged));
      },
    ),
    { numRuns: count('jpegDamage') },
  );
});

test('any bytes that begin like a JPEG decode or are refused', () => {
  const marker = fc.tuple(fc.constant(0xff), fc.integer({ min: 0xc0, max: 0xff }), fc.constant(0), fc.nat(40));
  const pieces = fc.array(fc.oneof(marker, fc.array(fc.nat(255), { maxLength: 30 })), { maxLength: 20 });
  fc.assert(
    fc.property(pieces, (parts) => {
      outcome(Uint8Array.of(0xff, 0xd8, ...parts.flat()));
    }),
    { numRuns: 1000 },
  );
});

function outcome(bytes: Uint8Array): Uint8Array | string {
  try {
    return decodeJpeg(bytes, contract, { maxPixels: 1e6 }).pixels;
  } catch (error) {
    assert.ok(error instanceof ImageError, error instanceof Error ? error.stack : String(error));
    return error.message;
  }
}
