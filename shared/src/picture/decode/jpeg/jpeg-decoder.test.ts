import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { compileWasmFile } from '../../../node/wasm-file.ts';
import { areaAverage } from '../../area-average.ts';
import type { InputContract } from '../../input-contract.ts';
import { PictureError } from '../../picture-error.ts';
import { jpegDecoder } from './jpeg-decoder.ts';
import { jpeg, noise, segment, skeleton } from './jpeg-fixture.ts';

const decoder = jpegDecoder(compileWasmFile('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'));
const contract: InputContract = {
  ...{ height: 16, width: 16, channels: 3, fit: 'stretch' },
  ...{ mean: [0, 0, 0], standardDeviation: [1, 1, 1] },
};
const decode = (bytes: Uint8Array, maxPixels = 1e6) => decoder.decode(bytes, contract, { maxPixels });

/** What sharp (libvips, libjpeg-turbo) makes of it, upright, then averaged here. */
async function reference(bytes: Uint8Array): Promise<Uint8Array> {
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return areaAverage({ width: info.width, height: info.height, data }, contract);
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

for (const [name, options] of Object.entries({
  baseline: {},
  progressive: { progressive: true },
  '4:4:4': { chromaSubsampling: '4:4:4' },
  'of low quality': { quality: 20 },
})) {
  test(`a JPEG that is ${name} decodes as sharp decodes it`, async () => {
    const bytes = await jpeg({ width: 90, height: 60, ...options });
    const picture = await decode(bytes);
    assert.deepEqual([picture.format, picture.width, picture.height], ['jpeg', 90, 60]);
    assert.ok(meanDifference(picture.pixels, await reference(bytes)) < 1);
  });
}

test('a grey JPEG decodes to grey colours', async () => {
  const bytes = await sharp(noise(32, 32), { raw: { width: 32, height: 32, channels: 3 } })
    .greyscale()
    .jpeg()
    .toBuffer();
  const { pixels } = await decode(bytes);
  assert.ok(meanDifference(pixels, await reference(bytes)) < 1);
});

test('a JPEG is turned upright exactly once, for every orientation', async () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    const bytes = await jpeg({ width: 90, height: 60, orientation });
    const picture = await decode(bytes);
    assert.deepEqual(
      [picture.width, picture.height],
      orientation < 5 ? [90, 60] : [60, 90],
      `orientation ${orientation}`,
    );
    assert.ok(meanDifference(picture.pixels, await reference(bytes)) < 1, `orientation ${orientation}`);
  }
});

for (const progressive of [false, true]) {
  const kind = progressive ? 'progressive' : 'baseline';

  test(`a ${kind} JPEG that is cut is refused, never half a picture, wherever the cut is`, async () => {
    const bytes = await jpeg({ width: 90, height: 60, progressive });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const lengths = fc.oneof(
      share.map((part) => 2 + Math.floor(part * (bytes.length - 5))),
      fc.constantFrom(-10, -5, -4, -3),
    );
    await fc.assert(
      fc.asyncProperty(lengths, async (length) => {
        await assert.rejects(decode(bytes.slice(0, length)), { name: 'PictureError', code: 'picture-undecodable' });
      }),
      { numRuns: 60 },
    );
  });
}

test('a cut JPEG is refused although someone put an end marker there', async () => {
  const bytes = await jpeg({ width: 90, height: 60 });
  const cut = Uint8Array.of(...bytes.subarray(0, bytes.length / 2), 0xff, 0xd9);
  await assert.rejects(decode(cut), { code: 'picture-undecodable' });
});

test('a JPEG whose second half was lost to zeros is refused', async () => {
  const bytes = await jpeg({ width: 90, height: 60 });
  await assert.rejects(decode(bytes.fill(0, bytes.length / 2)), { code: 'picture-undecodable' });
});

test('a whole JPEG that lacks only its end marker decodes', async () => {
  const bytes = await jpeg({ width: 90, height: 60 });
  const whole = await decode(bytes);
  assert.deepEqual(await decode(bytes.subarray(0, -2)), whole);
  assert.deepEqual(await decode(bytes.subarray(0, -1)), whole);
});

test('a progressive JPEG without its end marker is refused, since scans may be missing', async () => {
  const bytes = await jpeg({ width: 90, height: 60, progressive: true });
  await assert.rejects(decode(bytes.subarray(0, -2)), { code: 'picture-undecodable', message: /end marker/ });
});

test('stray bytes before a marker and anything after the end are tolerated', async () => {
  const bytes = await jpeg({ width: 90, height: 60 });
  const whole = await decode(bytes);
  assert.deepEqual(await decode(Uint8Array.of(...bytes.subarray(0, -2), 1, 2, 3, 4, ...bytes.subarray(-2))), whole);
  assert.deepEqual(await decode(Uint8Array.of(...bytes, ...bytes)), whole);
});

test('the pixel limit holds before anything else is read', async () => {
  await assert.rejects(decode(skeleton({ width: 65535, height: 65535 })), {
    code: 'picture-too-many-pixels',
    details: { limit: 1e6, actual: 65535 ** 2 },
  });
});

test('a few bytes that declare a picture within the limit are refused before it is allocated', async () => {
  await assert.rejects(decode(skeleton({ width: 10_000, height: 10_000 }), 1e9), {
    code: 'picture-undecodable',
    message: /cannot hold/,
  });
});

test('a JPEG of endless scans is refused', async () => {
  const bytes = await jpeg({ width: 90, height: 60, progressive: true });
  const scans = Array.from({ length: 101 }, () => segment(0xda, 1, 1, 0, 1, 63, 0)).flat();
  await assert.rejects(decode(Uint8Array.of(...bytes.subarray(0, -2), ...scans, 0xff, 0xd9)), {
    code: 'picture-undecodable',
    message: /scans/,
  });
});

for (const [variant, options, words] of [
  ['12-bit', { precision: 12 }, /12 bits.*save it with 8/],
  ['arithmetic', { frame: 0xc9 }, /arithmetic.*baseline/],
  ['lossless', { frame: 0xc3 }, /lossless.*baseline/],
  ['CMYK', { components: 4 }, /CMYK.*RGB/],
  ['two-component', { components: 2 }, /2 components.*RGB/],
  ['heightless', { height: 0 }, /no size/],
] as const) {
  test(`a ${variant} JPEG is refused, saying what to send`, async () => {
    await assert.rejects(decode(skeleton(options)), { code: 'picture-undecodable', message: words });
  });
}

test('what the codec throws, Errors or not, comes out as a PictureError with its cause', async () => {
  await assert.rejects(decode(skeleton({})), (error) => {
    assert.ok(error instanceof PictureError && error.cause instanceof Error);
    assert.match(error.message, /Huffman table|quantization table/i);
    return true;
  });
});

test('a damaged JPEG decodes or is refused, and does not harm the next', async () => {
  const bytes = await jpeg({ width: 48, height: 32 });
  const whole = await decode(bytes);
  const place = fc.integer({ min: 2, max: bytes.length - 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 4 }), async (changes) => {
      const damaged = bytes.slice();
      for (const [at, value] of changes) damaged[at] = value;
      await decode(damaged).catch((error) => assert.ok(error instanceof PictureError, String(error)));
    }),
    { numRuns: 200 },
  );
  assert.deepEqual(await decode(bytes), whole);
});
