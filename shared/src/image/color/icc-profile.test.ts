import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync } from 'node:zlib';
import {
  colorants,
  curv,
  type IccFixture,
  iccProfile,
  para,
  sampled,
  srgbPara,
} from '@glimpse/test/support/image/icc-fixture';
import { chunk, png } from '@glimpse/test/support/image/png-fixture';
import fc from 'fast-check';
import sharp from 'sharp';
import { readIccProfile } from './icc-profile.ts';

const srgbCurve = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** 16 x 16 x 16 colors, and all grays. */
const colors = [
  ...Array.from({ length: 4096 }, (_, i) => [i & 15, (i >> 4) & 15, i >> 8].map((value) => value * 17)),
  ...Array.from({ length: 256 }, (_, gray) => [gray, gray, gray]),
].flat();

/** By lcms, through sharp. */
async function byLcms(profile: Uint8Array, values: readonly number[], samples: 1 | 3 = 3): Promise<Uint8Array> {
  const data = deflateSync(profile);
  const iccp = chunk('iCCP', [...Buffer.from('test\0\0'), ...data]);
  const width = values.length / samples;
  const image = png({
    width,
    height: 1,
    depth: 8,
    colorType: samples === 1 ? 0 : 2,
    rows: [values],
    before: [iccp],
  });
  return sharp(image).toColourspace('srgb').raw().toBuffer();
}

async function assertLikeLcms(profile: Uint8Array, most = 1): Promise<void> {
  const transform = readIccProfile(profile);
  assert.ok(transform, 'a transform is expected');
  const actual = Float64Array.from(colors);
  transform(actual);
  const expected = await byLcms(profile, colors);
  let worst = 0;
  for (const [i, value] of actual.entries()) worst = Math.max(worst, Math.abs(Math.round(value) - expected[i]!));
  assert.ok(worst <= most, `${worst} of 255 off`);
}

for (const [name, fixture] of Object.entries({
  'Display P3': { curve: srgbPara, colorants: colorants.displayP3 },
  'Adobe RGB (1998), version 2': { curve: curv(2.19921875), colorants: colorants.adobeRgb, version: 2 },
  'a gamma of 1.8': { curve: curv(1.8) },
  'a linear curve': { curve: curv() },
  'a curve of 1024 points': { curve: sampled(1024, (value) => value ** 2.4), colorants: colorants.displayP3 },
  'a curve of 3 points': { curve: sampled(3, (value) => value ** 2) },
  'parametric kind 0': { curve: para(0, 1.7) },
  'parametric kind 1': { curve: para(1, 2, 1.1, -0.1) },
  'parametric kind 2': { curve: para(2, 2, 1.1, -0.1, 0) },
  'parametric kind 4': { curve: para(4, 2.2, 0.95, 0.05, 0.04, 0.04, 0, 0) },
  'three different curves': { curve: curv(1.8), curves: [curv(1.6), curv(2), curv(2.6)] },
} satisfies Record<string, IccFixture>)) {
  test(`${name} is converted as lcms does, within 1 of 255`, () => assertLikeLcms(iccProfile(fixture)));
}

test('parametric curves that lift black follow the formulas of table 70', () => {
  const [g, a, b, c, d, e, f] = [2, 0.8, 0.1, 0.5, 0.1, 0.05, 0.02];
  const formulas = [
    { curve: para(1, g, a, -b), of: (x: number) => (x >= b / a ? (a * x - b) ** g : 0) },
    { curve: para(2, g, a, -b, e), of: (x: number) => (x >= b / a ? (a * x - b) ** g : 0) + e },
    { curve: para(3, g, a, b, c, d), of: (x: number) => (x >= d ? (a * x + b) ** g : c * x) },
    { curve: para(4, g, a, b, c, d, e, f), of: (x: number) => (x >= d ? (a * x + b) ** g + e : c * x + f) },
  ];
  for (const { curve, of } of formulas) {
    const values = Float64Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3));
    readIccProfile(iccProfile({ curve }))!(values);
    for (let gray = 0; gray < 256; gray++) {
      const light = of(gray / 255);
      const expected = 255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055);
      assert.ok(Math.abs(values[gray * 3]! - expected) < 0.1, `${values[gray * 3]} instead of ${expected}`);
    }
  }
});

test('the Display P3 profile of libvips is converted as lcms does', async () => {
  const tagged = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
    .withIccProfile('p3')
    .png()
    .toBuffer();
  const { icc } = await sharp(tagged).metadata();
  await assertLikeLcms(new Uint8Array(icc!));
});

test('gray with a curve is converted as lcms does', async () => {
  const profile = iccProfile({ model: 'GRAY', curve: curv(1.8) });
  const grays = Array.from({ length: 256 }, (_, gray) => gray);
  const expected = await byLcms(profile, grays, 1);
  const actual = Float64Array.from(grays.flatMap((gray) => [gray, gray, gray]));
  readIccProfile(profile)!(actual);
  for (const [i, value] of actual.entries())
    assert.ok(Math.abs(Math.round(value) - expected[i]!) <= 1, `gray ${i / 3}: ${value} ${expected[i]}`);
});

test('sRGB is unchanged in every encoding', async () => {
  const { icc } = await sharp(
    await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
      .withIccProfile('srgb')
      .png()
      .toBuffer(),
  ).metadata();
  for (const profile of [
    new Uint8Array(icc!),
    iccProfile({ curve: srgbPara }),
    iccProfile({ curve: sampled(1024, srgbCurve), version: 2 }),
    iccProfile({ model: 'GRAY', curve: srgbPara }),
  ]) {
    assert.equal(readIccProfile(profile), undefined);
  }
});

test('profiles without matrix and curves are ignored', () => {
  const curve = curv(1.8);
  assert.equal(readIccProfile(iccProfile({ curve, model: 'CMYK' })), undefined);
  assert.equal(readIccProfile(iccProfile({ curve, connection: 'Lab ' })), undefined);
  assert.equal(readIccProfile(iccProfile({ curve: para(9, 1) })), undefined);
  assert.equal(readIccProfile(iccProfile({ curve: curv(0) })), undefined);
  assert.equal(readIccProfile(new Uint8Array(0)), undefined);
});

test('a truncated or damaged profile is ignored or converts to values of 0-255', () => {
  const whole = iccProfile({ curve: sampled(16, (value) => value ** 1.8), colorants: colorants.displayP3 });
  const holds = (profile: Uint8Array) => {
    const transform = readIccProfile(profile);
    if (!transform) return;
    const values = Float64Array.of(0, 1, 127.5, 200, 254, 255);
    transform(values);
    assert.ok(values.every((value) => value >= 0 && value <= 255));
  };
  for (let length = 0; length < whole.length; length++) holds(whole.subarray(0, length));
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(damage, (changes) => {
      const damaged = whole.slice();
      for (const [at, value] of changes) damaged[at] = value;
      holds(damaged);
    }),
    { numRuns: 2000 },
  );
});
