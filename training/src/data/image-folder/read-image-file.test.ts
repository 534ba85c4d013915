import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { limitsSchema, pixelLimits } from '@glimpse/shared/api/limits';
import type { Target } from '@glimpse/shared/image/area-average/area-average';
import { nodeImageReader } from '@glimpse/shared/image/node';
import sharp from 'sharp';
import { DECODER_REVISION, imageFileReader } from './read-image-file.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-read-image-'));
after(() => rm(folder, { recursive: true }));

const target: Target = { height: 16, width: 16, channels: 3, fit: 'stretch' };

/** 40 wide and 24 high, red above and blue below. */
const twoColors = sharp(
  Uint8Array.from({ length: 40 * 24 * 3 }, (_, i) => {
    const red = i < 40 * 12 * 3;
    return i % 3 === (red ? 0 : 2) ? 200 : 0;
  }),
  { raw: { width: 40, height: 24, channels: 3 } },
);

async function read(bytes: Uint8Array, size = bytes.length, into = target) {
  const path = join(folder, 'image');
  await writeFile(path, bytes);
  return imageFileReader(into)(path, size);
}

async function pixelsOf(bytes: Uint8Array, into = target): Promise<Uint8Array> {
  const result = await read(bytes, bytes.length, into);
  assert.ok('pixels' in result, JSON.stringify(result));
  return result.pixels;
}

/** A JPEG with 4:2:0 chroma; its bytes are here so that no encoder's version matters. */
const JPEG = Buffer.from(
  '/9j/2wBDAAoHBwgHBgoICAgLCgoLDhgQDg0NDh0VFhEYIx8lJCIfIiEmKzcvJik0KSEiMEExNDk7Pj4+JS5ESUM8SDc9Pjv/2wBDAQoLCw4NDhwQEBw7KCIoOzs7' +
    'Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozv/wAARCAAQABgDASIAAhEBAxEB/8QAFwAAAwEAAAAAAAAAAAAAAAAAAAUGB//EAB0Q' +
    'AAEEAgMAAAAAAAAAAAAAABEABAUiAQIDElH/xAAXAQADAQAAAAAAAAAAAAAAAAACBAUG/8QAHhEAAQMEAwAAAAAAAAAAAAAAAQACAwQFESETYbH/2gAMAwEAAhEDEQA/' +
    'AM7bQ5FU1bQpFVTNIciqdtIUiqnQScyUoLvjG1KNoIiiFoPFGacWca9O23niEcklFG4skfsdE+ArZ093cWDC/9k=',
  'base64',
);

const jpeg = await twoColors.clone().jpeg().toBuffer();
const huge = await sharp({ create: { width: 8000, height: 8000, channels: 3, background: 'red' } })
  .png()
  .toBuffer();
const hugeTiff = await sharp({ create: { width: 8000, height: 8000, channels: 3, background: 'red' } })
  .tiff({ compression: 'deflate' })
  .toBuffer();
const unreadable: [string, Uint8Array, RegExp][] = [
  ['an empty file', new Uint8Array(), /^empty file$/],
  ['a JPEG that is cut', jpeg.subarray(0, jpeg.length >> 1), /./],
  ['zeros', new Uint8Array(1000), /^this is not a known kind of file; convert it to JPEG or PNG$/],
  ['a page', Buffer.from('<!doctype html>'), /^this is an HTML page; convert/],
  ['a Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), /Git LFS pointer/],
  ['BMP', Buffer.concat([Buffer.from('BM'), new Uint8Array(60)]), /^this is BMP; convert it to JPEG or PNG$/],
  ['a PNG of 64 million pixels', huge, /8000 x 8000 = 64000000 pixels, more than the limit of 50000000$/],
  ['a TIFF of 64 million pixels', hugeTiff, /TIFF.*exceeds pixel limit/],
  ['a TIFF that is cut', (await twoColors.clone().tiff().toBuffer()).subarray(0, 200), /TIFF .*cannot be decoded/],
];
test('the pixels of this decoder revision are pinned: increment DECODER_REVISION if this fails', async () => {
  const pixels = await pixelsOf(JPEG);
  const hash = createHash('sha256').update(pixels).digest('hex').slice(0, 16);
  assert.deepEqual({ revision: DECODER_REVISION, hash }, { revision: 1, hash: '6dcaef9bd9594e36' });
});

for (const format of ['jpeg', 'png', 'webp', 'gif'] as const) {
  test(`${format}: the same pixels as in the Worker`, async () => {
    const bytes = await twoColors.clone().toFormat(format).toBuffer();
    const contract = { ...target, mean: [0, 0, 0], standardDeviation: [1, 1, 1] };
    const worker = await nodeImageReader()(bytes, contract, pixelLimits(limitsSchema.parse({})));
    assert.deepEqual(await pixelsOf(bytes), worker.pixels);
  });
}

for (const format of ['tiff', 'avif'] as const) {
  test(`${format}, which the Worker does not support: the same pixels except for compression`, async () => {
    const expected = await pixelsOf(await twoColors.clone().png().toBuffer());
    const pixels = await pixelsOf(await twoColors.clone().toFormat(format, { quality: 95 }).toBuffer());
    const differences = pixels.map((value, i) => Math.abs(value - expected[i]!));
    assert.ok(differences.reduce((sum, value) => sum + value) / pixels.length < 4);
  });
}

test('a TIFF is rotated upright, and transparency becomes white', async () => {
  const sideways = await twoColors.clone().withMetadata({ orientation: 6 }).tiff().toBuffer();
  const upright = await pixelsOf(sideways);
  // Turned by a quarter to the right: what was above is on the right.
  const near = (actual: Uint8Array, expected: number[]) =>
    assert.ok(
      expected.every((value, i) => Math.abs(value - actual[i]!) <= 3),
      actual.join(),
    );
  near(upright.subarray(0, 3), [0, 0, 200]);
  near(upright.subarray(45, 48), [200, 0, 0]);
  const clear = await sharp({ create: { width: 20, height: 20, channels: 4, background: '#00000000' } })
    .tiff({ compression: 'lzw' })
    .toBuffer();
  assert.ok((await pixelsOf(clear)).every((value) => value === 255));
});

test('16-bit and grayscale TIFFs are read, in color and in grayscale', async () => {
  const gray = await twoColors.clone().toColourspace('grey16').tiff().toBuffer();
  const color = await pixelsOf(gray);
  assert.equal(color[0], color[1]);
  assert.ok(color[0]! > 40 && color[0]! < 120, String(color[0]));
  assert.equal((await pixelsOf(gray, { ...target, channels: 1 })).length, 256);
});

for (const [name, bytes, reason] of unreadable) {
  test(`${name} is unreadable, with the reason`, async () => {
    const result = await read(bytes);
    assert.ok('reason' in result);
    assert.match(result.reason, reason);
  });
}

test('a file that is missing, has changed since it was listed, or is too large is not read', async () => {
  const readFile = imageFileReader(target);
  assert.deepEqual(await readFile(join(folder, 'none'), 0), { reason: 'file not found' });
  assert.deepEqual(await read(jpeg, jpeg.length - 1), { reason: 'changed while the folder was being read' });
  assert.deepEqual(await readFile(join(folder, 'image'), 2 ** 28 + 1), { reason: 'larger than 256 MiB' });
  assert.ok((await stat(join(folder, 'image'))).size < 10_000);
});

test('the hashes are of the bytes and of the pixels', async () => {
  const result = await read(jpeg);
  assert.ok('pixels' in result);
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  assert.equal(Buffer.from(result.fileHash).toString('hex'), hash(jpeg));
  assert.equal(Buffer.from(result.pixelHash).toString('hex'), hash(result.pixels));
});

test('a large PNG that would cost a Worker too much is read in training', async () => {
  const path = join(folder, 'large.png');
  const large = sharp({ create: { width: 8000, height: 5000, channels: 3, background: '#336699' } });
  await large.png({ compressionLevel: 1 }).toFile(path);
  const { size } = await stat(path);
  assert.ok('pixels' in (await imageFileReader({ height: 8, width: 8, channels: 3, fit: 'stretch' })(path, size)));
});
