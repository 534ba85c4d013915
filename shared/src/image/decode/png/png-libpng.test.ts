/**
 * Compares with libpng, through sharp: bit-equal pixels, and therefore equal averages. The test scales 16-bit samples itself,
 * because libvips would truncate them.
 *
 * A failure names the number of the image, which determines all of its contents.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { count } from '@glimpse/test/support/counts';
import { byLibpng } from '@glimpse/test/support/image/libpng-fixture';
import { chunk, pngOf, type SampledFixture, samplesPerPixel } from '@glimpse/test/support/image/png-fixture';
import { seededRandom } from '@glimpse/test/support/seeded-random';
import { areaAverage } from '../../area-average/area-average.ts';
import type { InputContract } from '../../input-contract.ts';
import { pngDecoder } from './png-decoder.ts';

const images = count('pngImages');
const { decode } = pngDecoder();

function randomOf(seed: number): (below: number) => number {
  const random = seededRandom(seed);
  return (below) => Math.floor(random() * below);
}

const kinds = [
  ...([1, 2, 4, 8, 16] as const).map((depth) => ({ colorType: 0, depth }) as const),
  ...([8, 16] as const).map((depth) => ({ colorType: 2, depth }) as const),
  ...([1, 2, 4, 8] as const).map((depth) => ({ colorType: 3, depth }) as const),
  ...([8, 16] as const).flatMap((depth) => [{ colorType: 4, depth } as const, { colorType: 6, depth } as const]),
];

function fixtureOf(number: number): SampledFixture {
  const random = randomOf(number * 7919 + 1);
  const { colorType, depth } = kinds[number % kinds.length]!;
  const large = number % 40 === 39;
  const width = 1 + random(large ? 2000 : [9, 40, 130][random(3)]!);
  const height = 1 + random(large ? 1500 : [9, 40, 130][random(3)]!);
  const perPixel = samplesPerPixel(colorType);
  const most = 2 ** depth;
  const samples = new Uint16Array(width * height * perPixel);
  // Noise, flat areas and ramps exercise different paths of the filters and the inflater.
  const style = random(4);
  const flat = Array.from({ length: perPixel }, () => random(most));
  for (let i = 0; i < samples.length; i++) {
    const channel = i % perPixel;
    const x = Math.floor(i / perPixel) % width;
    const y = Math.floor(i / perPixel / width);
    samples[i] = [
      () => random(most),
      () => (x >> 3 === y >> 3 ? flat[channel]! : most - 1),
      () => Math.floor(((x + y) / (width + height)) * most),
      () => (random(20) === 0 ? random(most) : flat[channel]!),
    ][style]!();
  }
  const before: Uint8Array[] = [];
  if (colorType === 3) {
    const colors = random(3) === 0 ? 1 + random(most) : most;
    before.push(
      chunk(
        'PLTE',
        Array.from({ length: colors * 3 }, () => random(256)),
      ),
    );
    if (random(2))
      before.push(
        chunk(
          'tRNS',
          Array.from({ length: 1 + random(colors) }, () => random(256)),
        ),
      );
  } else if (colorType < 4 && random(2)) {
    before.push(
      chunk(
        'tRNS',
        [...samples.subarray(0, perPixel)].flatMap((value) => [value >> 8, value & 255]),
      ),
    );
  }
  const filter = random(6);
  return {
    ...{ width, height, depth, colorType, samples, before },
    interlaced: random(2) === 1,
    filterOf: (row) => (filter < 5 ? filter : (row * 7) % 5),
    piece: large ? 8192 : 1 + random(300),
  };
}

test(`${images} images of all kinds are averaged from the same pixels as libpng's`, async () => {
  for (let number = 0; number < images; number++) {
    const fixture = fixtureOf(number);
    const random = randomOf(number);
    const contract: InputContract = {
      height: number % 3 === 0 ? 8 + random(505) : 32,
      width: number % 3 === 0 ? 8 + random(505) : 32,
      channels: number % 5 === 0 ? 1 : 3,
      fit: number % 4 === 0 ? 'cover' : 'stretch',
      ...{ mean: [0], standardDeviation: [1] },
    };
    const bytes = pngOf(fixture);
    const { width, height, depth, colorType, interlaced } = fixture;
    const image = await decode(bytes, contract, { maxPixels: 1e7 });
    const expected = areaAverage({ width, height, data: await byLibpng(bytes, depth) }, contract);
    const kind = `type ${colorType} of ${depth} bits, ${width} x ${height}, interlaced: ${interlaced}`;
    assert.ok(Buffer.compare(image.pixels, expected) === 0, `image ${number} (${kind}) differs`);
  }
});
