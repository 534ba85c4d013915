import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync } from 'node:zlib';
import { colorants, curv, iccProfile, srgbPara } from '@glimpse/test/support/image/icc-fixture';
import { chunk, type PngFixture, png } from '@glimpse/test/support/image/png-fixture';
import sharp from 'sharp';
import type { InputContract } from '../../input-contract.ts';
import { pngDecoder } from './png-decoder.ts';

const contractOf = (width: number, height: number): InputContract => ({
  ...{ height, width, channels: 3, fit: 'stretch' },
  ...{ mean: [0, 0, 0], standardDeviation: [1, 1, 1] },
});

/** One row of pixels, each in its own cell. */
const row = [200, 30, 60, 128, 128, 128, 10, 250, 90];
const rgb: PngFixture = { width: 3, height: 1, depth: 8, colorType: 2, rows: [row] };

async function shown(before: readonly Uint8Array[], fixture: PngFixture = rgb, color?: 'as-stored') {
  const { width, height } = fixture;
  const bytes = png({ ...fixture, before: [...before, ...(fixture.before ?? [])] });
  const image = await pngDecoder(color).decode(bytes, contractOf(width, height), { maxPixels: 1e6 });
  return [...image.pixels];
}

const u32 = (...values: number[]) => values.flatMap((value) => [value >>> 24, value >>> 16, value >>> 8, value]);
const gamma = (value: number) => chunk('gAMA', u32(value));
const chromaticities = (...values: number[]) => chunk('cHRM', u32(...values.map((value) => Math.round(value * 1e5))));
const cicp = (...values: number[]) => chunk('cICP', values);
const iccp = (profile: Uint8Array) => chunk('iCCP', [...Buffer.from('test\0\0'), ...deflateSync(profile)]);
const srgb = chunk('sRGB', [0]);

const p3 = iccProfile({ curve: srgbPara, colorants: colorants.displayP3 });
const d65 = [0.3127, 0.329];
const p3Primaries = chromaticities(...d65, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06);
const srgbPrimaries = chromaticities(...d65, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06);

function assertNear(actual: number[], expected: number[]): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[i]!) <= 1, `${actual} instead of ${expected}`);
  }
}

const srgbOf = (light: number) =>
  Math.round(255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055));

test('an image without color chunks is sRGB', async () => {
  assert.deepEqual(await shown([]), row);
});

for (const [name, before] of Object.entries({
  'the sRGB chunk': [srgb, gamma(100_000)],
  'a gamma of 1 / 2.2': [gamma(45_455)],
  "a gamma of 1 / 2.2 with sRGB's primaries": [gamma(45_455), srgbPrimaries],
  'chromaticities without a gamma': [p3Primaries],
  'an sRGB profile': [iccp(iccProfile({ curve: srgbPara })), gamma(100_000)],
  'cICP of sRGB': [cicp(1, 13, 0, 1), iccp(p3)],
} satisfies Record<string, Uint8Array[]>)) {
  test(`${name} changes nothing`, async () => assert.deepEqual(await shown(before), row));
}

test('Display P3 by profile, cICP and chromaticities gives the same colors as lcms', async () => {
  const expected = await sharp(png({ ...rgb, before: [iccp(p3)] }))
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  for (const before of [[iccp(p3)], [cicp(12, 13, 0, 1)], [gamma(45_455), p3Primaries]]) {
    assertNear(await shown(before), [...expected]);
  }
});

test('a gamma far from sRGB converts each sample', async () => {
  const expected = row.map((value) => srgbOf(value / 255));
  assert.deepEqual(await shown([gamma(100_000)]), expected);
  assert.deepEqual(await shown([gamma(100_000), srgbPrimaries]), expected);
  assert.deepEqual(await shown([cicp(1, 8, 0, 1)]), expected);
  assert.deepEqual(await shown([iccp(iccProfile({ curve: curv() }))]), expected);
});

test('a gamma applies to palettes, gray, 16 bits and colors, but not to alpha', async () => {
  const linear = [gamma(100_000)];
  const to = srgbOf(100 / 255);
  const one = { width: 1, height: 1 } as const;
  const palette = chunk('PLTE', [100, 100, 100]);
  for (const fixture of [
    { ...one, depth: 8, colorType: 3, rows: [[0]], before: [palette] },
    { ...one, depth: 8, colorType: 0, rows: [[100]] },
    { ...one, depth: 16, colorType: 0, rows: [[100, 100]] },
    { ...one, depth: 16, colorType: 2, rows: [[100, 100, 100, 100, 100, 100]] },
    { ...one, depth: 8, colorType: 4, rows: [[100, 255]] },
    { ...one, depth: 8, colorType: 6, rows: [[100, 100, 100, 255]] },
  ] satisfies PngFixture[]) {
    assert.deepEqual(await shown(linear, fixture), [to, to, to]);
  }
  const half: PngFixture = { ...one, depth: 8, colorType: 4, rows: [[0, 51]] };
  assert.deepEqual(await shown(linear, half), [204, 204, 204]);
});

test('cICP has precedence over iCCP, iCCP over sRGB, sRGB over gAMA', async () => {
  const linear = iccp(iccProfile({ curve: curv() }));
  assertNear(await shown([cicp(12, 13, 0, 1), linear, gamma(50_000)]), await shown([iccp(p3)]));
  assert.deepEqual(await shown([srgb, linear, gamma(50_000)]), await shown([linear]));
  assert.deepEqual(await shown([srgb, gamma(50_000)]), row);
});

test('unreadable chunks are skipped in favor of the next', async () => {
  const expected = await shown([gamma(100_000)]);
  for (const broken of [
    cicp(12, 16, 0, 1),
    cicp(12, 13, 1, 1),
    cicp(12, 13),
    iccp(Uint8Array.of(1, 2, 3)),
    iccp(iccProfile({ curve: srgbPara, model: 'GRAY' })),
    chunk('iCCP', [...Buffer.from('test\0\0'), 1, 2, 3]),
    chunk(
      'iCCP',
      Array.from({ length: 100 }, () => 65),
    ),
    iccp(new Uint8Array(2 ** 24)),
  ]) {
    assert.deepEqual(await shown([broken, gamma(100_000)]), expected);
  }
});

test('a gray profile converts gray, and an RGB profile is ignored for gray', async () => {
  const gray: PngFixture = { width: 2, height: 1, depth: 8, colorType: 0, rows: [[60, 200]] };
  const profile = iccProfile({ model: 'GRAY', curve: curv(1) });
  const expected = [60, 200].flatMap((value) => new Array(3).fill(srgbOf(value / 255)));
  assert.deepEqual(await shown([iccp(profile)], gray), expected);
  assert.deepEqual(await shown([iccp(p3)], gray), [60, 60, 60, 200, 200, 200]);
});

test('with as-stored, nothing is converted', async () => {
  assert.deepEqual(await shown([gamma(100_000)], rgb, 'as-stored'), row);
  assert.deepEqual(await shown([iccp(p3)], rgb, 'as-stored'), row);
});

test('converting averages is close to averaging converted pixels', async () => {
  // Ramps of moderate colors under noise, as in photos.
  const side = 96;
  const noise = (i: number) => ((Math.imul(i + 1, 2654435761) >>> 16) % 41) - 20;
  const size = { width: side, height: side, depth: 8, colorType: 2 } as const;
  const rows = Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (_, x) =>
      [90 + x, 60 + y, 200 - x].map((v, i) => v + noise((y * side + x) * 3 + i)),
    ).flat(),
  );
  for (const profile of [p3, iccProfile({ curve: curv(2.19921875), colorants: colorants.adobeRgb })]) {
    const bytes = png({ ...size, rows, before: [iccp(profile)] });
    const converted = await sharp(bytes).toColourspace('srgb').raw().toBuffer();
    const pixelwise = png({
      ...size,
      rows: rows.map((_, y) => [...converted.subarray(y * side * 3, (y + 1) * side * 3)]),
    });
    const [actual, expected] = await Promise.all(
      [bytes, pixelwise].map((file) => pngDecoder().decode(file, contractOf(8, 8), { maxPixels: 1e6 })),
    );
    const off = actual!.pixels.reduce((sum, value, i) => sum + Math.abs(value - expected!.pixels[i]!), 0);
    assert.ok(off / actual!.pixels.length <= 1, `a mean of ${off / actual!.pixels.length} of 255 off`);
  }
});
