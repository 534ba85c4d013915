import assert from 'node:assert/strict';
import test from 'node:test';
import { blockLayout, mcuCounts, readFrameHeader } from './frame.ts';

const body = (...factors: number[]) =>
  Uint8Array.of(8, 1, 44, 2, 88, factors.length, ...factors.flatMap((factor, i) => [i + 1, factor, i]));

test('a frame header is read', () => {
  assert.deepEqual(readFrameHeader(0xc2, body(0x21)), {
    ...{ width: 600, height: 300, progressive: true },
    components: [{ id: 1, horizontal: 2, vertical: 1, quantization: 0 }],
  });
});

test('blocks are laid out as in A.1.1 and A.2', () => {
  const frame = { ...readFrameHeader(0xc0, body(0x22, 0x11, 0x12)), width: 17, height: 33 };
  assert.deepEqual(mcuCounts(frame), { across: 2, down: 3 });
  assert.deepEqual(blockLayout(frame, frame.components[0]!), {
    ...{ samplesAcross: 17, samplesDown: 33, blocksAcross: 3, blocksDown: 5, paddedAcross: 4, paddedDown: 6 },
  });
  assert.deepEqual(blockLayout(frame, frame.components[2]!), {
    ...{ samplesAcross: 9, samplesDown: 33, blocksAcross: 2, blocksDown: 5, paddedAcross: 2, paddedDown: 6 },
  });
});

for (const [code, name] of [
  [0xc3, 'lossless'],
  [0xc5, 'hierarchical'],
  [0xc9, 'arithmetic'],
  [0xcf, 'arithmetic'],
] as const) {
  test(`frame ${code.toString(16)} is refused as ${name}, saying what to send`, () => {
    assert.throws(() => readFrameHeader(code, body(0x11)), {
      code: 'image-undecodable',
      message: new RegExp(`${name}.*save it as a baseline`),
    });
  });
}

test('damaged and unsupported headers are refused', () => {
  const refused: readonly [RegExp, Uint8Array][] = [
    [/12 bits.*save it with 8/, body(0x11).with(0, 12)],
    [/2 components.*RGB/, body(0x11, 0x11)],
    [/sampling factors of 5 x 1/, body(0x51)],
    [/sampling factors of 1 x 0/, body(0x10)],
    [/size of 0 x/, body(0x11).with(3, 0).with(4, 0)],
    [/truncated/, body(0x11, 0x11, 0x11).subarray(0, 12)],
  ];
  for (const [message, bytes] of refused) assert.throws(() => readFrameHeader(0xc0, bytes), { message });
});
