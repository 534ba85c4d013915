import assert from 'node:assert/strict';
import test from 'node:test';
import { segment } from '@glimpse/test/support/image/jpeg-encoder-fixture';
import { findMarker, findNumberOfLines, isFrame, readSegment } from './markers.ts';

test('findMarker skips stuffed zeros, fill bytes and anything else', () => {
  assert.equal(findMarker(Uint8Array.of(1, 0xff, 0, 2, 0xff, 0xff, 0xff, 0xd9), 0), 7);
  assert.equal(findMarker(Uint8Array.of(1, 0xff, 0, 2, 0xff), 0), -1);
});

test('readSegment returns parameters without their length', () => {
  const bytes = Uint8Array.of(9, 9, 0xff, 0xd0, ...segment(0xe5, 1, 2, 3), 0xff, 0xd9);
  const first = readSegment(bytes, 0);
  assert.deepEqual([first?.code, [...(first?.body ?? [])], first?.end], [0xe5, [1, 2, 3], 11]);
  assert.equal(readSegment(bytes, 11)?.code, 0xd9);
  assert.equal(readSegment(bytes, 13), undefined);
});

test('readSegment is not misled by markers within a segment', () => {
  const bytes = Uint8Array.from(segment(0xe5, 0xff, 0xd9, 0xff, 0xd8));
  assert.equal(readSegment(bytes, 0)?.end, bytes.length);
});

test('readSegment refuses a truncated segment, and an invalid length', () => {
  const whole = Uint8Array.from(segment(0xe5, 1, 2, 3));
  for (let length = 2; length < whole.length; length++) {
    assert.throws(() => readSegment(whole.subarray(0, length), 0), {
      code: 'image-undecodable',
      message: new RegExp(`ends at byte ${length}`),
    });
  }
  assert.throws(() => readSegment(Uint8Array.of(0xff, 0xe5, 0, 1, 0, 0), 0), { message: /at byte 1 has no length/ });
});

test('isFrame recognizes SOF0 to SOF15', () => {
  const frames = Array.from({ length: 256 }, (_, code) => code).filter(isFrame);
  assert.deepEqual(frames, [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);
});

test('findNumberOfLines reads DNL, but not beyond this image', () => {
  assert.equal(findNumberOfLines(Uint8Array.of(1, 0xff, 0xd0, 2, ...segment(0xdc, 1, 44)), 0), 300);
  assert.equal(findNumberOfLines(Uint8Array.of(1, 0xff, 0xd9, ...segment(0xdc, 1, 44)), 0), 0);
});
