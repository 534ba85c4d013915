import assert from 'node:assert/strict';
import test from 'node:test';
import { constants, deflateSync } from 'node:zlib';
import {
  chunk,
  header,
  imageData,
  joined,
  type PngFixture,
  png,
  pngOf,
  samplesPerPixel,
} from '@glimpse/test/support/image/png-fixture';
import fc from 'fast-check';
import sharp from 'sharp';
import { ImageError } from '../../image-error.ts';
import type { InputContract } from '../../input-contract.ts';
import { SIGNATURE, walkChunks } from './chunks.ts';
import { pngDecoder } from './png-decoder.ts';

const decoder = pngDecoder();

/** Decodes at the original size, so that each pixel can be checked. */
function contractOf(width: number, height: number): InputContract {
  return { ...{ height, width, channels: 3, fit: 'stretch' }, ...{ mean: [0, 0, 0], standardDeviation: [1, 1, 1] } };
}

const decode = (bytes: Uint8Array, width = 8, height = 8, maxPixels = 1e6) =>
  decoder.decode(bytes, contractOf(width, height), { maxPixels });

async function pixelsOf(fixture: PngFixture): Promise<number[]> {
  const { pixels } = await decode(png(fixture), fixture.width, fixture.height);
  return [...pixels];
}

/** Each of these has a single row. */
const row = (width: number, rest: Pick<PngFixture, 'depth' | 'colorType' | 'before'>, bytes: number[]): PngFixture => ({
  ...{ width, height: 1, rows: [bytes] },
  ...rest,
});
const grays = (...values: number[]) => values.flatMap((value) => [value, value, value]);
const palette = chunk('PLTE', [10, 20, 30, 40, 50, 60]);

for (const [kind, fixture, expected] of [
  ['1-bit gray', row(4, { depth: 1, colorType: 0 }, [0b10100000]), grays(255, 0, 255, 0)],
  ['2-bit gray', row(4, { depth: 2, colorType: 0 }, [0b00011011]), grays(0, 85, 170, 255)],
  ['4-bit gray', row(2, { depth: 4, colorType: 0 }, [0x5a]), grays(85, 170)],
  ['8-bit gray', row(2, { depth: 8, colorType: 0 }, [1, 128]), grays(1, 128)],
  ['16-bit gray', row(2, { depth: 16, colorType: 0 }, [1, 0, 255, 255]), grays(1, 255)],
  [
    'gray with a transparent value',
    row(2, { depth: 8, colorType: 0, before: [chunk('tRNS', [0, 7])] }, [7, 8]),
    grays(255, 8),
  ],
  ['8-bit RGB', row(1, { depth: 8, colorType: 2 }, [1, 2, 3]), [1, 2, 3]],
  ['16-bit RGB', row(1, { depth: 16, colorType: 2 }, [1, 0, 2, 0, 3, 0]), [1, 2, 3]],
  ['1-bit palette', row(2, { depth: 1, colorType: 3, before: [palette] }, [0b01000000]), [10, 20, 30, 40, 50, 60]],
  ['8-bit palette', row(2, { depth: 8, colorType: 3, before: [palette] }, [1, 0]), [40, 50, 60, 10, 20, 30]],
  [
    'palette with transparency',
    row(2, { depth: 8, colorType: 3, before: [palette, chunk('tRNS', [0])] }, [0, 1]),
    [255, 255, 255, 40, 50, 60],
  ],
  ['8-bit gray with alpha', row(2, { depth: 8, colorType: 4 }, [9, 0, 9, 255]), grays(255, 9)],
  ['16-bit gray with alpha', row(1, { depth: 16, colorType: 4 }, [9, 0, 255, 255]), grays(9)],
  ['8-bit RGB with alpha', row(1, { depth: 8, colorType: 6 }, [0, 100, 200, 51]), [204, 224, 244]],
  ['16-bit RGB with alpha', row(1, { depth: 16, colorType: 6 }, [1, 0, 2, 0, 3, 0, 255, 255]), [1, 2, 3]],
] satisfies [string, PngFixture, number[]][]) {
  test(`a PNG of ${kind} decodes`, async () => {
    assert.deepEqual(await pixelsOf(fixture), expected);
  });
}

/** RGBA noise from sharp, with all of PNG's row filters. */
const noise = Uint8Array.from({ length: 12 * 10 * 4 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255);
const opaque = noise.map((value, i) => (i % 4 === 3 ? 255 : value));
const bySharp = (pixels: Uint8Array) => sharp(pixels, { raw: { width: 12, height: 10, channels: 4 } });

test('a PNG decodes to the encoded pixels, filtered and interlaced', async () => {
  for (const progressive of [false, true]) {
    const bytes = await bySharp(opaque).png({ progressive, adaptiveFiltering: true }).toBuffer();
    const { pixels } = await decode(bytes, 12, 10);
    assert.deepEqual(
      [...pixels],
      [...opaque].filter((_, i) => i % 4 !== 3),
    );
  }
});

test('a PNG is rotated upright exactly once, for every orientation', async () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    const bytes = await bySharp(opaque).withMetadata({ orientation }).png().toBuffer();
    const expected = await sharp(bytes).autoOrient().removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const { width, height, pixels } = await decode(bytes, expected.info.width, expected.info.height);
    assert.deepEqual([width, height], orientation < 5 ? [12, 10] : [10, 12]);
    assert.deepEqual([...pixels], [...expected.data], `orientation ${orientation}`);
  }
});

const gray: PngFixture = {
  width: 4,
  height: 2,
  depth: 8,
  colorType: 0,
  rows: [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ],
};

test('text, animation, and damaged or unreadable optional chunks are ignored', async () => {
  const bomb = [...Buffer.from('a\0\0'), ...deflateSync(Buffer.alloc(1 << 24))];
  const damaged = chunk('tRNS', [0, 2]);
  damaged[9]! ^= 1;
  const before = [
    ...[chunk('gAMA', [0, 0, 0, 0]), chunk('iCCP', bomb), chunk('iCCP', [1]), chunk('zTXt', bomb), damaged],
    ...[chunk('acTL', [0, 0, 0, 2, 0, 0, 0, 0]), chunk('fcTL', [1]), chunk('sBIT', [99]), chunk('tRNS', [0, 200])],
  ];
  const behind = [chunk('fcTL', [2]), chunk('fdAT', [1, 2, 3]), chunk('tEXt', [0]), chunk('tRNS', [0, 1])];
  assert.deepEqual(await pixelsOf({ ...gray, before, behind }), await pixelsOf(gray));
});

test('a palette or transparency that the color type does not allow is ignored', async () => {
  const rgba: PngFixture = { width: 1, height: 1, depth: 8, colorType: 6, rows: [[1, 2, 3, 255]] };
  assert.deepEqual(await pixelsOf({ ...rgba, before: [chunk('PLTE', [1]), chunk('tRNS', [1])] }), [1, 2, 3]);
});

test('image data may be split into chunks, including empty ones', async () => {
  const data = imageData(gray.rows);
  const pieces = [chunk('IDAT'), ...Array.from(data, (byte) => chunk('IDAT', [byte])), chunk('IDAT')];
  const { pixels } = await decode(joined(SIGNATURE, header(gray), ...pieces, chunk('IEND')), 4, 2);
  assert.deepEqual([...pixels], await pixelsOf(gray));
});

test('a truncated PNG is refused with the offset of the truncation', async () => {
  const bytes = await bySharp(noise).png().toBuffer();
  for (let length = 8; length < bytes.length - 12; length += 7) {
    await assert.rejects(decode(bytes.subarray(0, length)), {
      code: 'image-undecodable',
      details: { offset: length },
    });
  }
});

test('image data that ends early in an otherwise complete file is refused', async () => {
  const data = imageData(gray.rows);
  for (let length = 0; length < data.length; length++) {
    const bytes = joined(SIGNATURE, header(gray), chunk('IDAT', data.subarray(0, length)), chunk('IEND'));
    await assert.rejects(decode(bytes), (error) => {
      assert.ok(error instanceof ImageError, String(error));
      assert.equal(error.code, 'image-undecodable');
      if (length > 0) assert.equal(error.details.offset, 41 + length);
      return true;
    });
  }
});

test('image data with a wrong Adler-32 is refused even if the CRC of the chunk is right', async () => {
  const data = imageData(gray.rows);
  data[data.length - 1]! ^= 1;
  const bytes = joined(SIGNATURE, header(gray), chunk('IDAT', data), chunk('IEND'));
  await assert.rejects(decode(bytes), { code: 'image-undecodable', message: /Adler-32.* in row 2/ });
});

test('data after the image, and after its compressed data, is ignored', async () => {
  const expected = await pixelsOf(gray);
  for (const data of [
    imageData([...gray.rows, [9, 9, 9, 9]]),
    joined(imageData(gray.rows), Uint8Array.of(1, 2, 3)),
    deflateSync(joined(Uint8Array.of(0, 1, 2, 3, 4, 0, 5, 6, 7, 8), new Uint8Array(1e6))),
  ]) {
    const bytes = joined(SIGNATURE, header(gray), chunk('IDAT', data), chunk('tEXt'), chunk('IDAT'), chunk('IEND'));
    assert.deepEqual([...(await decode(bytes, 4, 2)).pixels], expected);
  }
});

test('all ways to compress give the same pixels', async () => {
  const rows = Buffer.from(Array.from({ length: 100 * 401 }, (_, i) => (i % 401 ? (i * i) >> 7 : 0)));
  const size = { width: 400, height: 100, depth: 8, colorType: 0 } as const;
  const strategies = ['DEFAULT_STRATEGY', 'FILTERED', 'HUFFMAN_ONLY', 'RLE', 'FIXED'] as const;
  const answers = new Set<string>();
  for (const strategy of strategies) {
    for (const [level, windowBits, memLevel] of [
      ...[[0, 15, 8] as const, [1, 15, 1] as const],
      ...[[6, 9, 2] as const, [9, 15, 9] as const],
    ]) {
      const data = deflateSync(rows, { strategy: constants[`Z_${strategy}`], level, windowBits, memLevel });
      const bytes = joined(SIGNATURE, header(size), chunk('IDAT', data), chunk('IEND'));
      answers.add((await decode(bytes, 50, 50)).pixels.join());
    }
  }
  assert.equal(answers.size, 1);
});

test('a changed byte in the image data is refused, naming the chunk', async () => {
  const bytes = png(gray);
  bytes[45]! ^= 0xff;
  await assert.rejects(decode(bytes), { code: 'image-undecodable', message: /chunk IDAT at byte 33/ });
});

test('a corrupt zlib stream with a valid CRC is refused, with its cause', async () => {
  const bytes = joined(SIGNATURE, header(gray), chunk('IDAT', [0x78, 0x9c, 0xff, 0xff, 0xff, 0xff]), chunk('IEND'));
  await assert.rejects(decode(bytes), (error) => {
    assert.ok(error instanceof ImageError && error.cause instanceof Error);
    assert.equal(error.code, 'image-undecodable');
    return true;
  });
});

test('an unknown critical chunk is named', async () => {
  await assert.rejects(decode(png({ ...gray, before: [chunk('ABCD')] })), { message: /ABCD/ });
});

test('image data may be split anywhere', async () => {
  const samples = Uint16Array.from({ length: 61 * 47 * 4 }, (_, i) => (i * i * 31) & 255);
  const fixture = {
    ...{ width: 61, height: 47, depth: 8, colorType: 6 },
    samples,
    filterOf: (row: number) => row % 5,
  };
  const answers = new Set<string>();
  for (const interlaced of [false, true]) {
    for (const piece of [1, 2, 3, 7, 100, 4096, 65536]) {
      const bytes = pngOf({ ...fixture, interlaced, piece } as Parameters<typeof pngOf>[0]);
      answers.add((await decode(bytes, 32, 32)).pixels.join());
    }
  }
  assert.equal(answers.size, 1);
});

test('an invalid filter is refused with its row', async () => {
  const data = deflateSync(Uint8Array.of(0, 1, 2, 3, 4, 5, 5, 6, 7, 8));
  const bytes = joined(SIGNATURE, header(gray), chunk('IDAT', data), chunk('IEND'));
  await assert.rejects(decode(bytes), { code: 'image-undecodable', message: /row filter.* in row 1/ });
});

test('a palette image without a palette, or with a damaged one, is refused', async () => {
  const image: PngFixture = { width: 1, height: 1, depth: 8, colorType: 3, rows: [[0]] };
  for (const before of [[], [chunk('PLTE')], [chunk('PLTE', [1, 2])], [chunk('PLTE', new Array(257 * 3))]]) {
    await assert.rejects(decode(png({ ...image, before })), { code: 'image-undecodable', message: /PLTE/ });
  }
});

test('a declared side or size above the limits is refused', async () => {
  for (const [width, height, limit] of [
    ...[[65_536, 1, 65_535] as const, [1, 65_536, 65_535] as const],
    ...[[8000, 8000, 14_145_846] as const],
  ]) {
    const bytes = joined(SIGNATURE, header({ width, height, depth: 16, colorType: 6 }), chunk('IEND'));
    await assert.rejects(decode(bytes, 8, 8, 1e9), (error) => {
      assert.ok(error instanceof ImageError);
      assert.deepEqual([error.code, error.details.limit], ['image-too-many-pixels', limit]);
      return true;
    });
  }
});

test('the pixel limit is checked before anything else is read', async () => {
  for (const side of [1001, 65536, 2 ** 31 - 1]) {
    const bytes = joined(SIGNATURE, header({ ...gray, width: side, height: side }), chunk('IEND'));
    await assert.rejects(decode(bytes), {
      code: 'image-too-many-pixels',
      details: { limit: 1e6, actual: side * side },
    });
  }
});

test('a few bytes that declare a large image are refused before allocation', async () => {
  const declared = header({ width: 1024, height: 1449, depth: 8, colorType: 6 });
  const bytes = joined(SIGNATURE, declared, chunk('IDAT', imageData(gray.rows)), chunk('IEND'));
  await assert.rejects(decode(bytes, 8, 8, 1e9), { code: 'image-undecodable', message: /cannot hold/ });
});

test('the maximum expansion of deflate is accepted', async () => {
  const [width, height] = [2000, 1000];
  const data = deflateSync(Buffer.alloc((width + 1) * height), { level: 9 });
  const bytes = joined(SIGNATURE, header({ ...gray, width, height }), chunk('IDAT', data), chunk('IEND'));
  assert.ok((await decode(bytes, 8, 8, 2e6)).pixels.every((value) => value === 0));
});

test('a damaged PNG decodes or is refused, and does not harm the next', async () => {
  const bytes = png(gray);
  const whole = await decode(bytes);
  const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(changes, async (changed) => {
      const damaged = bytes.slice();
      for (const [at, value] of changed) damaged[at] = value;
      await decode(damaged).catch((error) => assert.ok(error instanceof ImageError, String(error)));
    }),
    { numRuns: 300 },
  );
  assert.deepEqual(await decode(bytes), whole);
});

/** Small images of all kinds, with all filters. */
const kinds = (
  [
    ...[[0, 1] as const, [0, 16] as const, [2, 8] as const, [2, 16] as const],
    ...[[3, 4] as const, [4, 8] as const, [6, 8] as const, [6, 16] as const],
  ] as const
).flatMap(([colorType, depth]) =>
  [false, true].map((interlaced) => {
    const [width, height] = [9, 7];
    const samples = new Uint16Array(width * height * samplesPerPixel(colorType));
    for (let i = 0; i < samples.length; i++) samples[i] = (i * i * 2654435761) & (2 ** depth - 1);
    const before =
      colorType === 3
        ? [
            chunk(
              'PLTE',
              new Array(48).fill(0).map((_, i) => i * 5),
            ),
          ]
        : [];
    const filterOf = (row: number) => row % 5;
    return pngOf({ width, height, depth, colorType, interlaced, samples, before, filterOf });
  }),
);

test('a PNG of any kind that is truncated anywhere before its end chunk is refused', async () => {
  for (const bytes of kinds) {
    assert.equal((await decode(bytes)).width, 9);
    for (let length = 0; length < bytes.length - 12; length++) {
      await assert.rejects(decode(bytes.subarray(0, length)), { name: 'ImageError', code: 'image-undecodable' });
    }
  }
});

test('a missing or damaged end chunk after a complete image is tolerated, as in viewers', async () => {
  for (const bytes of kinds) {
    const expected = await decode(bytes);
    for (let lost = 1; lost <= 12; lost++) assert.deepEqual(await decode(bytes.subarray(0, -lost)), expected);
    const garbage = joined(bytes.subarray(0, -12), Uint8Array.of(0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    assert.deepEqual(await decode(garbage), expected);
  }
});

test('damaged image data with valid checksums decodes or is refused', async () => {
  const kind = fc.constantFrom(...kinds);
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(kind, changes, async (bytes, changed) => {
      const damaged = [...walkChunks(bytes)].map(({ type, data }) => {
        const bytes = Uint8Array.from(data);
        if (type !== 'IHDR') for (const [at, value] of changed) bytes[at % bytes.length] = value;
        return chunk(type, bytes);
      });
      await decode(joined(SIGNATURE, ...damaged)).catch((error) => {
        assert.ok(error instanceof ImageError, String(error));
      });
    }),
    { numRuns: 1500 },
  );
});

test('any header is accepted or refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...kinds), fc.nat(12), fc.nat(255), async (bytes, at, value) => {
      const [ihdr, ...others] = [...walkChunks(bytes)];
      const changed = Uint8Array.from(ihdr!.data);
      changed[at] = value;
      const file = joined(SIGNATURE, chunk('IHDR', changed), ...others.map(({ type, data }) => chunk(type, data)));
      await decode(file).catch((error) => assert.ok(error instanceof ImageError, String(error)));
    }),
    { numRuns: 1000 },
  );
});

test('an excessive number of small blocks is refused', async () => {
  // A block with its own codes that contains only the end code: 90 bits.
  const bits = [0, 0, 1, ...'0000000000', 0, 1, 1, 1].map(Number);
  for (const symbol of [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1]) {
    bits.push(symbol === 18 || symbol === 1 ? 1 : 0, 0, 0);
  }
  bits.push(...[1, 1, 1, 1, 1, 1, 1, 1], ...[1, 1, 1, 0, 1, 0, 1, 1], 0, 0, 0);
  const block = (place: number) => bits[place % bits.length]!;
  const data = Uint8Array.from({ length: (bits.length * 140_000) / 8 }, (_, at) =>
    [0, 1, 2, 3, 4, 5, 6, 7].reduce((byte, bit) => byte | (block(at * 8 + bit) << bit), 0),
  );
  const idat = chunk('IDAT', joined(Uint8Array.of(0x78, 0x9c), data));
  const bytes = joined(SIGNATURE, header(gray), idat, chunk('IEND'));
  await assert.rejects(decode(bytes), { code: 'image-undecodable', message: /needs too much work/ });
});
