import assert from 'node:assert/strict';
import test from 'node:test';
import { type GifFixture, gif } from '@glimpse/test/support/image/gif-fixture';
import fc from 'fast-check';
import sharp from 'sharp';
import { areaAverage } from '../../area-average/area-average.ts';
import { ImageError } from '../../image-error.ts';
import type { InputContract } from '../../input-contract.ts';
import { gifDecoder } from './gif-decoder.ts';

const contractOf = (width: number, height: number): InputContract => ({
  ...{ height, width, channels: 3, fit: 'stretch' },
  ...{ mean: [0, 0, 0], standardDeviation: [1, 1, 1] },
});
const decode = (bytes: Uint8Array, width = 16, height = 16, maxPixels = 1e6) =>
  gifDecoder.decode(bytes, contractOf(width, height), { maxPixels });

async function bySharp(bytes: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const { data, info } = await sharp(bytes)
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return areaAverage({ width: info.width, height: info.height, data }, contractOf(width, height));
}

const colors = (count: number) =>
  Array.from({ length: count }, (_, i) => [(i * 37) & 255, 255 - i, (i * i) & 255] as const);

const gray: GifFixture = {
  ...{ width: 4, height: 2, depth: 2, indices: [0, 1, 2, 3, 3, 2, 1, 0] },
  colors: [0, 80, 160, 240].map((value) => [value, value, value] as const),
};
const shown = async (fixture: GifFixture) => {
  const { width, height } = fixture.screen ?? fixture;
  const { pixels } = await decode(gif(fixture), width, height);
  return [...pixels].filter((_, i) => i % 3 === 0);
};

test('a GIF decodes, with a global and with a local color table', async () => {
  const expected = [0, 80, 160, 240, 240, 160, 80, 0];
  assert.deepEqual(await shown(gray), expected);
  assert.deepEqual(await shown({ ...gray, local: true }), expected);
});

test('the transparent index and the uncovered part of the screen are white', async () => {
  assert.deepEqual(await shown({ ...gray, transparent: 0 }), [255, 80, 160, 240, 240, 160, 80, 255]);
  assert.deepEqual(await shown({ ...gray, screen: { width: 6, height: 3 }, left: 1, top: 1 }), [
    ...[255, 255, 255, 255, 255, 255],
    ...[255, 0, 80, 160, 240, 255],
    ...[255, 240, 160, 80, 0, 255],
  ]);
});

test('an image that extends beyond the screen enlarges it', async () => {
  for (const screen of [
    { width: 0, height: 0 },
    { width: 2, height: 9 },
  ]) {
    const { width, height } = await decode(gif({ ...gray, screen, left: 1 }));
    assert.deepEqual([width, height], [5, Math.max(2, screen.height)]);
  }
});

test('any GIF decodes like in sharp (libnsgif)', async () => {
  const fixture = fc
    .record({
      width: fc.integer({ min: 1, max: 90 }),
      height: fc.integer({ min: 1, max: 70 }),
      depth: fc.integer({ min: 1, max: 8 }),
    })
    .chain(({ width, height, depth }) =>
      fc.record({
        ...{ width: fc.constant(width), height: fc.constant(height), depth: fc.constant(depth) },
        colors: fc.constant(colors(2 ** depth)),
        indices: fc.oneof(
          fc.array(fc.nat(2 ** depth - 1), { minLength: width * height, maxLength: width * height }),
          fc.nat(97).map((n) => Array.from({ length: width * height }, (_, i) => ((i * n) >> 4) & (2 ** depth - 1))),
        ),
        interlaced: fc.boolean(),
        local: fc.boolean(),
        transparent: fc.nat(2 ** depth - 1),
        clearEvery: fc.constantFrom(Infinity, 1, 7, 1000),
        block: fc.constantFrom(1, 7, 255),
      }),
    );
  await fc.assert(
    fc.asyncProperty(fixture, async (each) => {
      const bytes = gif(each);
      assert.deepEqual((await decode(bytes)).pixels, await bySharp(bytes, 16, 16));
    }),
    { numRuns: 150 },
  );
});

test('a large GIF, whose code table stays full, decodes like in sharp', async () => {
  const [width, height] = [300, 200];
  const indices = Array.from({ length: width * height }, (_, i) => (Math.imul(i, 2654435761) >>> 20) & 255);
  for (const clearEvery of [Infinity, 3837, 3838, 3839]) {
    const bytes = gif({ width, height, depth: 8, colors: colors(256), indices, clearEvery });
    assert.deepEqual((await decode(bytes)).pixels, await bySharp(bytes, 16, 16));
  }
});

test('the first image of GIFs from sharp is used, animated or not', async () => {
  const frame = (red: number) => Buffer.alloc(40 * 30 * 3).fill(Uint8Array.of(red, 0x66, 0xcc));
  const raw = { width: 40, height: 30, channels: 3 } as const;
  const still = await sharp(frame(0x33), { raw }).gif().toBuffer();
  const both = Buffer.concat([frame(0x33), frame(0xff)]);
  const two = await sharp(both, { raw: { ...raw, height: 60, pageHeight: 30 } })
    .gif()
    .toBuffer();
  assert.deepEqual((await decode(two)).pixels, (await decode(still)).pixels);
  assert.deepEqual([...(await decode(two)).pixels.subarray(0, 3)], [0x33, 0x66, 0xcc]);
});

test('comments and other extensions are skipped', async () => {
  const before = [...[0x21, 0xfe, 3, 1, 2, 3, 1, 9, 0], ...[0x21, 0xff, 2, 0x2c, 0x3b, 0], ...[0x21, 0x01, 0]];
  assert.deepEqual(await shown({ ...gray, before }), await shown(gray));
});

test('a GIF that is truncated before the end of its first image is refused with the offset', async () => {
  const bytes = gif(gray);
  // The end markers of the data and of the file may be missing: viewers ignore that.
  const enough = bytes.length - 3;
  for (let length = 6; length < bytes.length; length++) {
    const decoded = decode(bytes.subarray(0, length));
    if (length >= enough) await decoded.catch((error) => assert.fail(`${length} of ${bytes.length}: ${error}`));
    else await assert.rejects(decoded, { code: 'image-undecodable', details: { offset: length } });
  }
});

test('data that ends early in an otherwise complete file is refused with the row', async () => {
  await assert.rejects(decode(gif({ ...gray, indices: [0, 1, 2, 3, 3] })), {
    code: 'image-undecodable',
    message: /ends too early.* in row 1/,
  });
});

for (const [fault, changes] of Object.entries({
  'no sides': { width: 0 },
  'more bits than there are': { depth: 9 },
} satisfies Record<string, Partial<GifFixture>>)) {
  test(`${fault} are refused`, async () => {
    await assert.rejects(decode(gif({ ...gray, ...changes })), { code: 'image-undecodable' });
  });
}

test('a missing image, color table or block is refused', async () => {
  const bytes = gif(gray);
  const screen = bytes.subarray(0, 13 + 12);
  for (const [start, end] of [
    [screen, [0x3b]],
    [screen, [0x77]],
    [Uint8Array.from([...bytes.subarray(0, 10), 0, 0, 0]), bytes.subarray(25)],
  ] as const) {
    await assert.rejects(decode(Uint8Array.from([...start, ...end])), { code: 'image-undecodable' });
  }
});

test('the pixel limit is checked before the image is decoded', async () => {
  const screen = { width: 65_535, height: 65_535 };
  await assert.rejects(decode(gif({ ...gray, screen })), {
    code: 'image-too-many-pixels',
    details: { limit: 1e6, actual: 65_535 ** 2 },
  });
});

test('a damaged GIF decodes or is refused', async () => {
  const bytes = gif({ ...gray, width: 40, height: 30, indices: Array.from({ length: 1200 }, (_, i) => (i * i) & 3) });
  const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(changes, async (changed) => {
      const damaged = bytes.slice();
      for (const [at, value] of changed) damaged[at] = value;
      await decode(damaged).catch((error) => assert.ok(error instanceof ImageError, String(error)));
    }),
    { numRuns: 1500 },
  );
});
