import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { allocatedBytes } from '@glimpse/test/support/allocated-bytes';
import {
  manyAlphaPrefixCodes,
  manyAnimatedPrefixCodes,
  manyPrefixCodes,
} from '@glimpse/test/support/image/webp-fixture';
import fc from 'fast-check';
import sharp from 'sharp';
import { compileWasmFile } from '../../../model/runtime/wasm-file.ts';
import { areaAverage } from '../../area-average/area-average.ts';
import { ImageError } from '../../image-error.ts';
import type { InputContract } from '../../input-contract.ts';
import { MAX_CODEC_BYTES } from './limits.ts';
import { riffFile, walkFile } from './riff.ts';
import { webpDecoder } from './webp-decoder.ts';

const decoder = webpDecoder(compileWasmFile('@jsquash/webp/codec/dec/webp_dec.wasm'));

const contract: InputContract = {
  ...{ height: 16, width: 16, channels: 3, fit: 'stretch' },
  ...{ mean: [0, 0, 0], standardDeviation: [1, 1, 1] },
};
const decode = (bytes: Uint8Array, maxPixels = 1e6) => decoder.decode(bytes, contract, { maxPixels });

const [width, height] = [50, 37];
/** Ramps with transparent holes. */
const rgba = Uint8Array.from({ length: width * height * 4 }, (_, i) => {
  const [x, y] = [(i >> 2) % width, Math.floor((i >> 2) / width)];
  return [x * 5, y * 6, 255 - x * 2, (x + y) % 9 < 5 ? 255 : x * 5][i & 3]!;
});
const image = () => sharp(rgba, { raw: { width, height, channels: 4 } });

async function expectedOf(bytes: Uint8Array): Promise<Uint8Array> {
  const { data, info } = await sharp(bytes)
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return areaAverage({ width: info.width, height: info.height, data }, contract);
}

for (const [kind, options] of Object.entries({
  lossy: { quality: 80 },
  'lossy with little alpha quality': { quality: 50, alphaQuality: 20 },
  lossless: { lossless: true },
})) {
  test(`a ${kind} WebP with alpha is averaged from the same pixels as libwebp's, on white`, async () => {
    const bytes = await image().webp(options).toBuffer();
    const decoded = await decode(bytes);
    assert.deepEqual([decoded.width, decoded.height], [width, height]);
    assert.deepEqual(decoded.pixels, await expectedOf(bytes));
  });
}

test('an opaque WebP decodes', async () => {
  const bytes = await image().removeAlpha().webp().toBuffer();
  assert.deepEqual((await decode(bytes)).pixels, await expectedOf(bytes));
});

test('a WebP is rotated upright by its EXIF orientation', async () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    const bytes = await image().withMetadata({ orientation }).webp({ lossless: true }).toBuffer();
    const decoded = await decode(bytes);
    assert.deepEqual([decoded.width, decoded.height], orientation < 5 ? [width, height] : [height, width]);
    assert.deepEqual(decoded.pixels, await expectedOf(await sharp(bytes).autoOrient().png().toBuffer()));
  }
});

test('the first frame of an animation is read, at its position on the canvas', async () => {
  const frames = await sharp(Buffer.concat([rgba, rgba.map((value, i) => ((i & 3) < 3 ? 255 - value : value))]), {
    raw: { width, height: height * 2, channels: 4, pageHeight: height },
  })
    .webp({ lossless: true })
    .toBuffer();
  assert.deepEqual((await decode(frames)).pixels, await expectedOf(await image().png().toBuffer()));

  // The same frame at position 4, 2 on a larger canvas.
  const moved = [...walkFile(frames)].map(({ type, data }) => ({ type, data: Uint8Array.from(data) }));
  const size = { width: width + 10, height: height + 6 };
  const canvas = moved.find(({ type }) => type === 'VP8X')!.data;
  new DataView(canvas.buffer).setUint16(4, size.width - 1, true);
  new DataView(canvas.buffer).setUint16(7, size.height - 1, true);
  const frame = moved.find(({ type }) => type === 'ANMF')!.data;
  [frame[0], frame[3]] = [2, 1];
  const expected = await sharp({ create: { ...size, channels: 4, background: '#ffffff00' } })
    .composite([{ input: await image().png().toBuffer(), left: 4, top: 2 }])
    .raw()
    .toBuffer();
  const decoded = await decode(riffFile(moved));
  assert.deepEqual([decoded.width, decoded.height], [size.width, size.height]);
  const off = areaAverage({ ...size, data: expected }, contract).map((value, i) =>
    Math.abs(value - decoded.pixels[i]!),
  );
  assert.ok(Math.max(...off) <= 1, 'sharp composes with rounding of its own');

  frame[0] = 200;
  await assert.rejects(decode(riffFile(moved)), { code: 'image-undecodable', message: /extends beyond/ });
});

test('a profile is applied, and ignored with as-stored', async () => {
  const bytes = await image().removeAlpha().withIccProfile('p3').webp({ lossless: true }).toBuffer();
  const { icc } = await sharp(bytes).metadata();
  assert.ok(icc);
  const asStored = webpDecoder(compileWasmFile('@jsquash/webp/codec/dec/webp_dec.wasm'), 'as-stored');
  const plain = [...walkFile(bytes)].filter(({ type }) => type === 'VP8L');
  const stored = (await asStored.decode(bytes, contract, { maxPixels: 1e6 })).pixels;
  assert.deepEqual(stored, (await decode(riffFile(plain))).pixels);
  const off = (await expectedOf(bytes)).map((value, i) => Math.abs(value - stored[i]!));
  assert.ok(Math.max(...off) > 3, 'the profile changes the image');
  const converted = (await decode(bytes)).pixels;
  for (const [i, value] of (await expectedOf(bytes)).entries()) assert.ok(Math.abs(value - converted[i]!) <= 3);
});

test('a WebP that is truncated anywhere is refused with the offset', async () => {
  for (const options of [{}, { lossless: true }]) {
    const bytes = await image().webp(options).toBuffer();
    for (let length = 12; length < bytes.length; length++) {
      await assert.rejects(decode(bytes.subarray(0, length)), {
        code: 'image-undecodable',
        details: { offset: length },
      });
    }
    // Truncated with corrected lengths, so that it reaches the codec.
    const [...chunks] = walkFile(bytes);
    for (let lost = 20; lost < 400; lost += 20) {
      const shorter = chunks.map(({ type, data }) => ({
        type,
        data: type.startsWith('VP8 ') || type === 'VP8L' ? data.subarray(0, -lost) : data,
      }));
      await decode(riffFile(shorter)).catch((error) => assert.ok(error instanceof ImageError, String(error)));
    }
  }
});

test('trailing bytes are ignored', async () => {
  const bytes = await image().webp().toBuffer();
  const longer = new Uint8Array(bytes.length + 9).fill(1);
  longer.set(bytes);
  assert.deepEqual(await decode(longer), await decode(bytes));
});

test('the pixel limit and the memory limit are checked before the codec is called', async () => {
  const bytes = await image().webp({ lossless: true }).toBuffer();
  await assert.rejects(decode(bytes, 100), {
    code: 'image-too-many-pixels',
    details: { limit: 100, actual: width * height },
  });
  const data = Uint8Array.of(0x2f, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0);
  await assert.rejects(decode(riffFile([{ type: 'VP8L', data }]), 1e9), {
    code: 'image-too-many-pixels',
    details: { limit: 10_452_990, actual: 2 ** 28 },
  });
});

test('a damaged WebP decodes or is refused, and does not harm the next', async () => {
  const files = await Promise.all([image().webp().toBuffer(), image().webp({ lossless: true }).toBuffer()]);
  for (const bytes of files) {
    const whole = await decode(bytes);
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        const damaged = Uint8Array.from(bytes);
        for (const [at, value] of changed) damaged[at] = value;
        await decode(damaged).catch((error) => assert.ok(error instanceof ImageError, String(error)));
      }),
      { numRuns: 300 },
    );
    assert.deepEqual(await decode(bytes), whole);
  }
});

const crafted = {
  'a lossless image': manyPrefixCodes({ width: 640, height: 640 }),
  'more of them': manyPrefixCodes({ width: 1024, height: 1024 }),
  'tables with a color cache': manyPrefixCodes({ width: 640, height: 640, cacheBits: 11 }),
  'codes of many symbols': manyPrefixCodes({ width: 256, height: 256, full: true, cacheBits: 11 }),
  'an alpha channel': await manyAlphaPrefixCodes({ width: 640, height: 640 }),
  'a frame of an animation': manyAnimatedPrefixCodes({ width: 640, height: 640 }),
};

for (const [name, bytes] of Object.entries(crafted)) {
  test(`a codec's memory is bounded: ${name} with very many prefix codes`, async (t) => {
    const memories = watchMemories(t);
    const bounded = webpDecoder(compileWasmFile('@jsquash/webp/codec/dec/webp_dec.wasm'));
    for (let i = 0; i < 8; i++) {
      await assert.rejects(bounded.decode(bytes, contract, { maxPixels: 13e6 }), (error: ImageError) => {
        assert.equal(error.code, 'image-undecodable');
        assert.match(error.message, /needs more than 83886080 bytes of memory to decode/);
        assert.equal(error.details.limit, MAX_CODEC_BYTES);
        assert.ok(Number(error.details.actual) > MAX_CODEC_BYTES);
        return true;
      });
    }
    // The instance that refused them decodes the next image.
    const whole = await image().webp({ lossless: true }).toBuffer();
    assert.deepEqual(await bounded.decode(whole, contract, { maxPixels: 1e6 }), await decode(whole));
    assert.equal(memories.size, 1, 'refused files leave no instances behind');
    for (const memory of memories) assert.ok(memory.buffer.byteLength <= MAX_CODEC_BYTES);
  });
}

test('a few hundred prefix codes, as encoders write them, decode', async () => {
  for (const bytes of [
    manyPrefixCodes({ width: 640, height: 640, groups: 2600 }),
    await manyAlphaPrefixCodes({ width: 640, height: 640, groups: 2600 }),
  ]) {
    await decode(bytes);
  }
});

test('pixels are averaged in the memory of the codec, without a copy', async (t) => {
  const side = 1200;
  const bytes = await sharp({ create: { width: side, height: side, channels: 3, background: '#123456' } })
    .webp()
    .toBuffer();
  // A new instance, because the codec looks up the class that copies pixels only once.
  const fresh = webpDecoder(compileWasmFile('@jsquash/webp/codec/dec/webp_dec.wasm'));
  const allocated = await allocatedBytes(() => fresh.decode(bytes, contract, { maxPixels: 1e7 }));
  t.diagnostic(`${allocated} bytes`);
  assert.ok(allocated < side * side, `${allocated} bytes`);
  assert.equal(globalThis.Uint8ClampedArray.name, 'Uint8ClampedArray');
});

/** The memories of all instances that are created during the test. */
function watchMemories(t: TestContext): Set<WebAssembly.Memory> {
  const memories = new Set<WebAssembly.Memory>();
  const { Instance } = WebAssembly;
  t.mock.property(
    WebAssembly,
    'Instance',
    new Proxy(Instance, {
      construct(target, parameters) {
        const instance = Reflect.construct(target, parameters) as WebAssembly.Instance;
        for (const each of Object.values(instance.exports)) {
          if (each instanceof WebAssembly.Memory) memories.add(each);
        }
        return instance;
      },
    }),
  );
  return memories;
}

test("libwebp's glue code is imported only for a WebP", () => {
  const source = readFileSync(new URL('./webp-decoder.ts', import.meta.url), 'utf8');
  assert.doesNotMatch(source, /^import (?!type).*libwebp/m);
});
