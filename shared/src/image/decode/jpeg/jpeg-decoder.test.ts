import assert from 'node:assert/strict';
import test from 'node:test';
import { colorants, curv, iccProfile } from '@glimpse/test/support/image/icc-fixture';
import {
  type EncoderComponent,
  type EncoderOptions,
  encodeJpeg,
  latin1,
  planes,
  progressiveScript,
  segment,
} from '@glimpse/test/support/image/jpeg-encoder-fixture';
import { bySharp, contractOf, difference, jpeg, noise, skeleton } from '@glimpse/test/support/image/jpeg-fixture';
import fc from 'fast-check';
import sharp from 'sharp';
import { areaAverage } from '../../area-average/area-average.ts';
import type { InputContract } from '../../input-contract.ts';
import { decodeJpeg } from './jpeg-decoder.ts';

const contract = contractOf();
const decode = (bytes: Uint8Array, options: Partial<InputContract> = {}, maxPixels = 1e8) =>
  decodeJpeg(bytes, contractOf(options), { maxPixels });

const size = { width: 107, height: 83 };
const [y, cb, cr, k] = planes(107, 83, 4) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

function color(...factors: readonly [horizontal: number, vertical: number][]): EncoderOptions {
  const components = [y, cb, cr].map((plane, i): EncoderComponent => {
    const [horizontal, vertical] = factors[i] ?? [1, 1];
    return { plane, horizontal, vertical };
  });
  return { ...size, components, step: 3 };
}

/** A small image can differ everywhere because libjpeg rounds samples, then colors. */
async function assertLikeSharp(bytes: Uint8Array, options: Partial<InputContract> = {}, mostMean = 0.5): Promise<void> {
  const { mean, most } = difference(decode(bytes, options).pixels, await bySharp(bytes, contractOf(options)));
  assert.ok(mean <= mostMean && most <= 4, `off by ${mean}, at most ${most}`);
}

for (const luma of [
  ...([
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
    [4, 1],
    [1, 4],
    [4, 2],
    [2, 4],
    [3, 1],
    [1, 3],
    [3, 2],
    [2, 3],
  ] as const),
]) {
  test(`sampling ${luma.join(' x ')} is read as sharp reads it`, async () => {
    await assertLikeSharp(encodeJpeg(color([...luma])));
  });
}

for (const factors of [
  [
    [1, 1],
    [2, 2],
    [2, 2],
  ],
  [
    [2, 1],
    [1, 2],
    [1, 1],
  ],
  [
    [1, 2],
    [2, 1],
    [2, 2],
  ],
  [
    [2, 2],
    [2, 1],
    [1, 2],
  ],
  [
    [2, 2],
    [2, 2],
    [1, 1],
  ],
] as const) {
  test(`mixed sampling ${factors.join(' ')} is read as sharp reads it`, async () => {
    await assertLikeSharp(encodeJpeg(color(...factors.map(([h, v]): [number, number] => [h, v]))));
  });
}

for (const factors of [
  [[4, 4]],
  [[3, 3]],
  [
    [4, 3],
    [3, 1],
    [2, 2],
  ],
  [
    [3, 2],
    [2, 1],
    [1, 1],
  ],
] as const) {
  test(`sampling ${factors.join(' ')}, which libjpeg refuses, is read like the image without subsampling`, () => {
    const bytes = encodeJpeg(color(...factors.map(([h, v]): [number, number] => [h, v])));
    const { mean } = difference(decode(bytes).pixels, decode(encodeJpeg(color())).pixels);
    assert.ok(mean < 2.5, `off by ${mean}`);
  });
}

const variants: Readonly<Record<string, Partial<EncoderOptions>>> = {
  'restarts after each MCU': { restartInterval: 1 },
  'restarts after 7 MCUs': { restartInterval: 7 },
  'restarts that never come': { restartInterval: 5000 },
  'a scan for each component': { scans: [{ components: [0] }, { components: [2] }, { components: [1] }] },
  'a scan for luma and one for chroma': { scans: [{ components: [0] }, { components: [1, 2] }], restartInterval: 4 },
  'no Huffman tables, as in Motion JPEG': { huffman: 'none' },
  'Huffman tables of all symbols': { huffman: 'flat' },
  'wide quantization tables': { wideTables: true, frame: 0xc1 },
  'a progressive script': { progressive: true, scans: progressiveScript(3) },
  'a progressive script and restarts': { progressive: true, scans: progressiveScript(3), restartInterval: 3 },
  'its height behind the scan': { numberOfLines: true },
};

for (const [name, options] of Object.entries(variants)) {
  test(`an image with ${name} is the same image`, () => {
    const plain = color([2, 2]);
    assert.deepEqual(decode(encodeJpeg({ ...plain, ...options })), decode(encodeJpeg(plain)));
  });
}

test('16-bit quantization steps above 255 are applied in full', async () => {
  await assertLikeSharp(encodeJpeg({ ...color([2, 2]), wideTables: true, step: 300, frame: 0xc1 }));
});

test('scan orders without refinements, or that end before the last bits, are read', () => {
  const spectral = [
    { components: [0, 1, 2], from: 0, to: 0 },
    ...[0, 1, 2].flatMap((component) => [
      { components: [component], from: 1, to: 20 },
      { components: [component], from: 21, to: 63 },
    ]),
  ];
  const whole = decode(encodeJpeg(color()));
  assert.deepEqual(decode(encodeJpeg({ ...color(), progressive: true, scans: spectral })), whole);
  const early = encodeJpeg({ ...color(), progressive: true, scans: progressiveScript(3).slice(0, -3) });
  assert.ok(difference(decode(early).pixels, whole.pixels).mean < 2);
});

test('gray is read regardless of its declared sampling', async () => {
  for (const factor of [1, 2, 3]) {
    const components = [{ plane: y, horizontal: factor, vertical: factor }];
    await assertLikeSharp(encodeJpeg({ ...size, components, step: 2 }));
  }
});

test('RGB is detected by its component ids or the Adobe segment', async () => {
  const components = [y, cb, cr].map((plane, i) => ({ plane, id: latin1('RGB')[i]! }));
  await assertLikeSharp(encodeJpeg({ ...size, components }));
  await assertLikeSharp(encodeJpeg({ ...size, components: [{ plane: y }, { plane: cb }, { plane: cr }], adobe: 0 }));
});

test('CMYK is converted by the plain formula, inverted if there is an Adobe segment', () => {
  const components = [y, cb, cr, k].map((plane) => ({ plane }));
  const product = (ink: (value: number) => number) =>
    Uint8Array.from({ length: size.width * size.height * 4 }, (_, i) =>
      i % 4 === 3 ? 255 : (ink([y, cb, cr][i % 4]![i >> 2]!) * ink(k[i >> 2]!)) / 255 + 0.5,
    );
  const plain = areaAverage({ ...size, data: product((value) => 255 - value) }, contract);
  assert.ok(difference(decode(encodeJpeg({ ...size, components })).pixels, plain).most <= 1);
  const inverted = areaAverage({ ...size, data: product((value) => value) }, contract);
  assert.ok(difference(decode(encodeJpeg({ ...size, components, adobe: 0 })).pixels, inverted).most <= 1);
});

test('CMYK from sharp is converted by the plain formula, from the inks that sharp reads', async () => {
  const background = { r: 200, g: 60, b: 40 };
  const flat = sharp({ create: { width: 64, height: 48, channels: 3, background } });
  const bytes = await flat.toColourspace('cmyk').jpeg().toBuffer();
  const [c, m, y, k] = (await sharp(bytes)
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw()
    .toBuffer()) as unknown as number[];
  const expected = [c!, m!, y!].map((ink) => ((255 - ink) * (255 - k!)) / 255);
  const { pixels } = decode(new Uint8Array(bytes));
  for (const [i, value] of pixels.entries()) {
    assert.ok(Math.abs(value - expected[i % 3]!) <= 1, `${i}: ${value}, not ${expected[i % 3]}`);
  }
});

test('a JPEG is rotated upright exactly once, for every orientation', async () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    const bytes = await jpeg({ width: 90, height: 60, orientation });
    for (const fit of ['stretch', 'cover'] as const) {
      const image = decode(bytes, { width: 24, fit });
      assert.deepEqual([image.width, image.height], orientation < 5 ? [90, 60] : [60, 90]);
      await assertLikeSharp(bytes, { width: 24, fit });
    }
  }
});

test('an embedded profile is applied, or ignored with as-stored', async () => {
  const profile = iccProfile({ curve: curv(2.2), colorants: colorants.displayP3 });
  const app2 = segment(0xe2, ...latin1('ICC_PROFILE\0'), 1, 1, ...profile);
  const components = [
    { plane: new Uint8Array(64).fill(128) },
    { plane: new Uint8Array(64).fill(90) },
    { plane: new Uint8Array(64).fill(180) },
  ];
  const bytes = encodeJpeg({ width: 8, height: 8, components, segments: [app2] });
  const stored = decodeJpeg(bytes, contract, { maxPixels: 1e6 }, 'as-stored').pixels;
  const converted = decodeJpeg(bytes, contract, { maxPixels: 1e6 }).pixels;
  assert.ok(converted[0]! > stored[0]! + 5, `${converted.subarray(0, 3)} from ${stored.subarray(0, 3)}`);
  const broken = segment(0xe2, ...latin1('ICC_PROFILE\0'), 1, 1, 1, 2, 3);
  assert.deepEqual(
    decode(encodeJpeg({ width: 8, height: 8, components, segments: [broken] })).pixels,
    decode(encodeJpeg({ width: 8, height: 8, components })).pixels,
  );
});

test('every target and fit gives the result of areaAverage, including enlarging', async () => {
  const side = fc.integer({ min: 8, max: 120 });
  const source = fc.integer({ min: 1, max: 90 });
  await fc.assert(
    fc.asyncProperty(
      ...([source, source, side, side, fc.constantFrom('stretch', 'cover'), fc.constantFrom(1, 3)] as const),
      async (width, height, targetWidth, targetHeight, fit, channels) => {
        const bytes = await jpeg({ width, height, quality: 95 });
        await assertLikeSharp(bytes, { width: targetWidth, height: targetHeight, fit, channels }, 1);
      },
    ),
    { numRuns: 60 },
  );
});

test('the largest target is filled from the smallest image', async () => {
  await assertLikeSharp(await jpeg({ width: 1, height: 1 }), { width: 512, height: 512 }, 1);
});

test('a large image is read as sharp reads it, progressive or not', async () => {
  const small = sharp(noise(150, 110), { raw: { width: 150, height: 110, channels: 3 } });
  const large = await small.resize(3000, 2200, { kernel: 'cubic' }).raw().toBuffer();
  for (const progressive of [false, true]) {
    // From DC coefficients only, from the lowest frequencies, and from all.
    for (const side of [32, 64, 200]) {
      const image = sharp(large, { raw: { width: 3000, height: 2200, channels: 3 } });
      const bytes = new Uint8Array(await image.jpeg({ progressive }).toBuffer());
      const { mean } = difference(
        decode(bytes, { width: side, height: side }).pixels,
        await bySharp(bytes, contractOf({ width: side, height: side })),
      );
      assert.ok(mean < 0.8, `off by ${mean}`);
    }
  }
});

test('thumbnails in segments and images after the first are ignored', async () => {
  const bytes = await jpeg({ width: 90, height: 60 });
  const inner = await jpeg({ width: 8, height: 8, progressive: true });
  const expected = decode(bytes);
  assert.deepEqual(
    decode(Uint8Array.of(...bytes.subarray(0, 2), ...segment(0xe2, ...inner), ...bytes.subarray(2))),
    expected,
  );
  assert.deepEqual(decode(Uint8Array.of(...bytes, ...inner)), expected);
});

test('bytes within a larger buffer are read', async () => {
  const bytes = await jpeg({ width: 90, height: 60 });
  const larger = new Uint8Array(bytes.length + 20).fill(255);
  larger.set(bytes, 7);
  assert.deepEqual(decode(larger.subarray(7, 7 + bytes.length)), decode(bytes));
});

test('the pixel limit is checked before allocation, even for a height after the scan', () => {
  const large = { code: 'image-too-many-pixels', details: { limit: 1e6, actual: 65535 ** 2 } };
  assert.throws(() => decode(skeleton({ width: 65535, height: 65535 }), {}, 1e6), large);
  const bytes = encodeJpeg({ ...color(), numberOfLines: true });
  assert.throws(() => decode(bytes, {}, 1000), { code: 'image-too-many-pixels' });
});
