import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { samePixelLimit } from '@glimpse/test/support/image/any-format';
import { chunk, joined } from '@glimpse/test/support/image/png-fixture';
import * as fc from 'fast-check';
import sharp from 'sharp';
import { riffFile, walkFile } from './decode/webp/riff.ts';
import { type ImageFormat, imageFormats } from './formats.ts';
import { ImageError } from './image-error.ts';
import { unnormalized } from './input-contract.ts';
import { nodeImageReader } from './node.ts';
import { sniff } from './sniff.ts';
import { withoutMetadata } from './strip-metadata.ts';

const contract = unnormalized({ height: 24, width: 24, channels: 3, fit: 'stretch' });
const limits = samePixelLimit(300e6);
const readImage = nodeImageReader();
const SECRET = 'SECRET';
const secret = Buffer.from(`${SECRET} `.repeat(20));

/** An asymmetric image: each rotation differs. */
const pixels = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 5 + (i >> 6) * 11) & 255);
const image = () => sharp(pixels, { raw: { width: 40, height: 30, channels: 3 } });

/** Metadata as phones write it: location, time, device, owner, a color profile, XMP. */
async function photo(format: ImageFormat, orientation = 1): Promise<Uint8Array> {
  const described = image()
    .withMetadata({ orientation })
    .withExifMerge({
      IFD0: { Make: SECRET, Model: SECRET, Artist: SECRET, Copyright: SECRET, DateTime: SECRET },
      IFD2: { UserComment: SECRET, LensModel: SECRET },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100', GPSAreaInformation: SECRET },
    })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET}</x:xmpmeta>`)
    .withIccProfile('p3');
  const bytes = new Uint8Array(await described.toFormat(format).toBuffer());
  return hide[format](bytes);
}

/** Adds metadata that sharp cannot write. */
const hide: Record<ImageFormat, (bytes: Uint8Array) => Uint8Array> = {
  jpeg: (bytes) =>
    joined(
      bytes.subarray(0, 2),
      // JFIF with a thumbnail, its extension, segments of Photoshop and of a camera maker, more images, a comment.
      segment(0xe0, [...Buffer.from('JFIF\0'), 1, 2, 0, 0, 1, 0, 1, 4, 10, ...secret.subarray(0, 120)]),
      segment(0xe0, [...Buffer.from('JFXX\0'), ...secret]),
      segment(0xed, secret),
      segment(0xe2, [...Buffer.from('MPF\0'), ...secret]),
      segment(0xe5, secret),
      segment(0xfe, secret),
      bytes.subarray(2),
      secret,
    ),
  png: (bytes) =>
    joined(
      bytes.subarray(0, 33),
      ...['tEXt', 'zTXt', 'iTXt', 'tIME', 'vpAg', 'caBX'].map((type) => chunk(type, secret)),
      bytes.subarray(33),
      secret,
    ),
  webp: (bytes) => {
    const chunks = [...walkFile(bytes)];
    return joined(riffFile([...chunks, { type: 'NOTE', data: secret }, { type: 'EXIF', data: secret }]), secret);
  },
  gif: (bytes) => {
    const screen = 13 + (bytes[10]! & 0x80 ? 3 << ((bytes[10]! & 7) + 1) : 0);
    const comment = Uint8Array.of(0x21, 0xfe, secret.length, ...secret, 0);
    const xmp = Uint8Array.of(0x21, 0xff, 11, ...Buffer.from('XMP DataXMP'), secret.length, ...secret, 0);
    return joined(bytes.subarray(0, screen), comment, xmp, bytes.subarray(screen), secret);
  },
};

function segment(code: number, body: ArrayLike<number>): Uint8Array {
  return Uint8Array.of(0xff, code, (body.length + 2) >> 8, (body.length + 2) & 255, ...Array.from(body));
}

const tensor = async (bytes: Uint8Array) => {
  const { pixels, ...size } = await readImage(bytes, contract, limits);
  return { ...size, pixels: Buffer.from(pixels).toString('hex') };
};

for (const format of imageFormats) {
  test(`${format}: location, device, owner, comments, thumbnails and data after the end are removed`, async () => {
    const bytes = await photo(format);
    assert.ok(Buffer.from(bytes).includes(SECRET));
    const stripped = Buffer.from(withoutMetadata(bytes, format));
    for (const trace of [SECRET, 'GPS', 'xmpmeta', 'http://', 'MPF', 'JFXX'])
      assert.ok(!stripped.includes(trace), trace);
    const { exif, xmp, iptc, comments, pages } = await sharp(stripped).metadata();
    assert.deepEqual([exif, xmp, iptc, comments, pages], [undefined, undefined, undefined, undefined, pages && 1]);
  });

  test(`${format}: the stripped file has the same pixels, and stripping it again changes nothing`, async () => {
    const bytes = await photo(format);
    const stripped = withoutMetadata(bytes, format);
    assert.deepEqual(await tensor(stripped), await tensor(bytes));
    assert.ok(Buffer.from(withoutMetadata(stripped, format)).equals(stripped));
  });
}

for (const format of ['jpeg', 'png', 'webp'] as const) {
  test(`${format}: every orientation survives, also for other readers, and nothing else of Exif`, async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const bytes = await photo(format, orientation);
      const stripped = withoutMetadata(bytes, format);
      assert.deepEqual(await tensor(stripped), await tensor(bytes), `orientation ${orientation}`);
      const { exif, orientation: read } = await sharp(stripped).metadata();
      assert.equal(read ?? 1, orientation);
      assert.ok((exif?.length ?? 0) <= 32, `${exif?.length} bytes of Exif`);
    }
  });
}

test('the first image of an animation is kept', async () => {
  for (const format of ['gif', 'webp'] as const) {
    const frames = await Promise.all(
      [1, 2].map((n) =>
        image()
          .rotate(90 * n)
          .png()
          .toBuffer(),
      ),
    );
    const animation = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    assert.equal((await sharp(animation).metadata()).pages, 2);
    const stripped = withoutMetadata(animation, format);
    assert.equal((await sharp(stripped).metadata()).pages ?? 1, 1);
    assert.deepEqual(await tensor(stripped), await tensor(new Uint8Array(animation)));
  }
});

test('a file without an image is an error', () => {
  for (const format of imageFormats) {
    assert.throws(() => withoutMetadata(new Uint8Array(20), format), { code: 'image-undecodable' });
  }
});

test('damage that the decoder tolerates does not change the result', async () => {
  const photos = await Promise.all(imageFormats.map((format) => photo(format, format === 'gif' ? 1 : 6)));
  const change = fc.record({ at: fc.nat(), value: fc.nat(255), cut: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.nat(imageFormats.length - 1),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      async (n, changes) => {
        let bytes = Uint8Array.from(photos[n]!);
        for (const { at, value, cut } of changes) {
          if (cut) bytes = bytes.subarray(0, bytes.length - (at % 300));
          else bytes[at % bytes.length] = value;
        }
        await sameOrUndecodable(bytes);
      },
    ),
    { numRuns: 600 },
  );
});

const corpus = fileURLToPath(new URL('../../../../shared/corpus/files/', import.meta.url));
test('real files decode to the same pixels', { skip: existsSync(corpus) ? false : `no ${corpus}` }, async (t) => {
  for (const name of readdirSync(corpus)) {
    await t.test(name, () => sameOrUndecodable(new Uint8Array(readFileSync(corpus + name))));
  }
});

async function sameOrUndecodable(bytes: Uint8Array): Promise<void> {
  const format = sniff(bytes).kind as ImageFormat;
  if (!imageFormats.includes(format)) return;
  let before: Awaited<ReturnType<typeof tensor>>;
  try {
    before = await tensor(bytes);
  } catch (error) {
    if (error instanceof ImageError) return;
    throw error;
  }
  assert.ok(JSON.stringify(await tensor(withoutMetadata(bytes, format))) === JSON.stringify(before), 'other pixels');
}
