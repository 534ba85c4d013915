import assert from 'node:assert/strict';
import test from 'node:test';
import { BitReader } from './bit-reader.ts';

function take(reader: BitReader, bits: number): number {
  if (reader.bit > reader.refillAt) reader.fill();
  const value = (reader.view.getUint32(reader.bit >>> 3) << (reader.bit & 7)) >>> (32 - bits);
  reader.bit += bits;
  return value;
}

test('stuffed zeros are removed', () => {
  const reader = new BitReader(Uint8Array.of(9, 0xab, 0xff, 0, 0xcd, 0xff, 0xd9));
  reader.start(1);
  assert.deepEqual([take(reader, 4), take(reader, 12), take(reader, 8)], [0xa, 0xbff, 0xcd]);
  reader.checkEnd();
});

test('reading past the end is detected, at a marker and at the end of the file', () => {
  for (const end of [[0xff, 0xd9], [], [0xff]]) {
    const reader = new BitReader(Uint8Array.of(0xab, ...end));
    reader.start(0);
    take(reader, 8);
    reader.checkEnd();
    reader.bit += 1;
    assert.throws(() => reader.checkEnd(), { code: 'image-undecodable', message: /ends early/ });
    assert.throws(() => reader.fill(), { message: /ends early/ });
  }
});

test('data longer than the window is read completely', () => {
  const data = Array.from({ length: 200_000 }, (_, i) => (i * 7) & 255).flatMap((byte) =>
    byte === 255 ? [255, 0] : [byte],
  );
  const reader = new BitReader(Uint8Array.from([...data, 0xff, 0xd9]));
  reader.start(0);
  for (let i = 0; i < 200_000; i++) assert.equal(take(reader, 8), (i * 7) & 255);
  assert.equal(reader.bitsRead, 1_600_000);
  assert.equal(reader.end, data.length);
});

test('a restart continues after the next restart marker, and returns the number of lost intervals', () => {
  const file = Uint8Array.of(1, 2, 0xff, 0xd0, 3, 0xff, 0xd1, 4, 0xff, 0xd3, 5, 0xff, 0xd9);
  const reader = new BitReader(file);
  reader.start(0);
  assert.equal(reader.restart(0), 0);
  assert.equal(take(reader, 8), 3);
  assert.equal(reader.restart(1), 0);
  assert.equal(reader.restart(2), 1);
  assert.equal(take(reader, 8), 5);
  assert.throws(() => reader.restart(4), { message: /restart marker is missing/ });
});

test('late restart markers are skipped', () => {
  const reader = new BitReader(Uint8Array.of(1, 0xff, 0xd0, 2, 0xff, 0xd1, 3, 0xff, 0xd9));
  reader.start(0);
  assert.equal(reader.restart(1), 0);
  assert.equal(take(reader, 8), 3);
});

test('leftOver reports the bytes before the next marker, and whether they are padding', () => {
  const leftOver = (...bytes: number[]) => {
    const reader = new BitReader(Uint8Array.of(...bytes, 0xff, 0xd9));
    reader.start(0);
    take(reader, 12);
    return reader.leftOver();
  };
  assert.deepEqual(leftOver(1, 2, 3, 4, 5), { from: 2, to: 5, zeros: false });
  assert.deepEqual(leftOver(1, 2, 0, 0, 0), { from: 2, to: 5, zeros: true });
  assert.deepEqual(leftOver(0, 0, 0, 0, 0), { from: 2, to: 5, zeros: false });
});
