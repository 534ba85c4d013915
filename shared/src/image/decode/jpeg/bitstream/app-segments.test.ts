import assert from 'node:assert/strict';
import test from 'node:test';
import { latin1 } from '@glimpse/test/support/image/jpeg-encoder-fixture';
import { type AppData, iccProfile, readAppSegment } from './app-segments.ts';

function read(...segments: [code: number, ...body: number[]][]): AppData {
  const data: AppData = { iccParts: new Map() };
  for (const [code, ...body] of segments) readAppSegment({ code, body: Uint8Array.from(body), end: 0 }, data);
  return data;
}
const icc = (number: number, count: number, ...part: number[]): [number, ...number[]] => [
  ...([0xe2, ...latin1('ICC_PROFILE\0'), number, count, ...part] as [number, ...number[]]),
];
const exif = (orientation: number): [number, ...number[]] => [
  ...([0xe1, ...latin1('Exif\0\0MM\0*'), 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0] as const),
];

test('JFIF and Adobe segments are detected by their identifiers', () => {
  const { jfif, adobe } = read([0xe0, ...latin1('JFIF\0')], [0xee, ...latin1('Adobe'), 0, 100, 0, 0, 0, 0, 2]);
  assert.deepEqual([jfif, adobe], [true, 2]);
  const others = read([0xe0, ...latin1('JFXX\0')], [0xee, ...latin1('Adobe'), 0], [0xee, ...latin1('Ducky')]);
  assert.deepEqual([others.jfif, others.adobe], [undefined, undefined]);
});

test('the first Exif segment is used, and other APP1 segments are ignored', () => {
  assert.equal(read([0xe1, ...latin1('http://ns.adobe.com/xap/1.0/\0')], exif(6), exif(3)).orientation, 6);
  assert.equal(read([0xe1, ...latin1('Exif\0\0broken')]).orientation, 1);
});

test('a profile is joined in the order of its part numbers', () => {
  assert.deepEqual(iccProfile(read(icc(2, 2, 3, 4), icc(1, 2, 1, 2))), Uint8Array.of(1, 2, 3, 4));
});

test('a missing, incomplete or too long profile is ignored', () => {
  assert.equal(iccProfile(read()), undefined);
  assert.equal(iccProfile(read(icc(1, 2, 1, 2))), undefined);
  const long = new Array(40_000).fill(1);
  assert.equal(iccProfile(read(icc(1, 2, ...long), icc(2, 2, ...long))), undefined);
});
