import assert from 'node:assert/strict';
import test from 'node:test';
import type { FrameHeader } from './frame.ts';
import { readScanHeader } from './scan-header.ts';

const frame = (progressive: boolean, ids = [1, 2, 3]): FrameHeader => ({
  ...{ width: 8, height: 8, progressive },
  components: ids.map((id) => ({ id, horizontal: 1, vertical: 1, quantization: 0 })),
});
const body = (...bytes: number[]) => Uint8Array.from(bytes);

test('a sequential scan has all coefficients, regardless of its declaration', () => {
  assert.deepEqual(readScanHeader(body(2, 3, 0x12, 1, 0x01, 5, 9, 0x11), frame(false)), {
    components: [
      { index: 2, dc: 1, ac: 2 },
      { index: 0, dc: 0, ac: 1 },
    ],
    ...{ from: 0, to: 63, high: 0, low: 0 },
  });
});

test('a progressive scan has a band and bits', () => {
  const { from, to, high, low } = readScanHeader(body(1, 1, 0, 6, 63, 0x21), frame(true));
  assert.deepEqual({ from, to, high, low }, { from: 6, to: 63, high: 2, low: 1 });
});

test('components with the same id are matched in order', () => {
  const { components } = readScanHeader(body(3, 0, 0, 0, 0, 0, 0, 0, 63, 0), frame(false, [0, 0, 0]));
  assert.deepEqual(
    components.map(({ index }) => index),
    [0, 1, 2],
  );
});

test('combinations that T.81 forbids are refused', () => {
  for (const bytes of [
    body(0, 0, 63, 0),
    body(1, 1, 0, 6),
    body(1, 9, 0, 6, 63, 0),
    body(2, 1, 0, 1, 0, 0, 0, 0),
    body(1, 1, 0, 0, 63, 0),
    body(1, 1, 0, 6, 64, 0),
    body(1, 1, 0, 7, 6, 0),
    body(1, 1, 0, 6, 63, 14),
    body(2, 1, 0, 2, 0, 6, 63, 0),
  ]) {
    assert.throws(() => readScanHeader(bytes, frame(true)), { code: 'image-undecodable', message: /scan header/ });
  }
});
