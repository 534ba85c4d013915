import assert from 'node:assert/strict';
import test from 'node:test';
import { encode, samePixelLimit } from '@glimpse/test/support/image/any-format';
import sharp from 'sharp';
import { imageFormats } from './formats.ts';
import type { InputContract } from './input-contract.ts';
import { nodeImageReader } from './node.ts';

const readImage = nodeImageReader();
const contract: InputContract = {
  ...{ height: 8, width: 8, channels: 1, fit: 'cover' },
  ...{ mean: [0], standardDeviation: [1] },
};
const limits = samePixelLimit(1000);
const red = sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } });
const read = (bytes: Uint8Array) => readImage(bytes, contract, limits);

test('readImage detects the format from the bytes', async () => {
  for (const format of imageFormats) {
    const image = await read(await encode(format, red.clone()));
    assert.deepEqual([image.format, image.width, image.height], [format, 20, 10]);
    assert.deepEqual([...image.pixels], new Array(64).fill(76));
  }
});

test('readImage reports an empty file', async () => {
  await assert.rejects(read(new Uint8Array(0)), { name: 'ImageError', code: 'image-empty' });
});

test('readImage names the format that was sent and the supported ones', async () => {
  await assert.rejects(read(await red.clone().toFormat('avif', { effort: 0 }).toBuffer()), {
    code: 'image-unsupported',
    message: 'this is AVIF; send JPEG, PNG, WebP or GIF instead',
    details: { sent: 'avif' },
  });
  await assert.rejects(read(Uint8Array.of(1, 2, 3)), { code: 'image-unsupported', details: { sent: 'unknown' } });
});

test('readImage applies the pixel limit to every format', async () => {
  const large = sharp({ create: { width: 100, height: 11, channels: 3, background: 'red' } });
  for (const format of imageFormats) {
    await assert.rejects(read(await encode(format, large.clone())), {
      code: 'image-too-many-pixels',
      details: { limit: 1000, actual: 1100 },
    });
  }
});

test('readImage reads bytes within a larger buffer', async () => {
  const bytes = await red.clone().png().toBuffer();
  const larger = new Uint8Array(bytes.length + 20).fill(255);
  larger.set(bytes, 7);
  assert.deepEqual(await read(larger.subarray(7, 7 + bytes.length)), await read(bytes));
});

test('readImage keeps concurrent images apart', async () => {
  const files = await Promise.all(
    ['black', 'white', 'red', 'gray'].flatMap((background) => {
      const image = sharp({ create: { width: 20, height: 10, channels: 3, background } });
      return [image.clone().png().toBuffer(), image.clone().jpeg().toBuffer()];
    }),
  );
  const images = await Promise.all(files.map(read));
  assert.deepEqual(
    images.map(({ pixels }) => pixels[0]),
    [0, 0, 255, 255, 76, 76, 128, 128],
  );
});

test('a JPEG with stray bytes before its first marker is read like one without', async () => {
  const plain = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#123456' } })
    .jpeg()
    .toBuffer();
  const stray = Buffer.concat([plain.subarray(0, 2), Buffer.from('\0stray\xff\0', 'latin1'), plain.subarray(2)]);
  assert.deepEqual(await read(stray), await read(plain));
});
