/**
 * Compares with libjpeg-turbo (through sharp) followed by `areaAverage`, on generated images of many kinds. The seed is fixed;
 * TEST_COUNTS=full TEST_SEED=7 runs more, larger and different images.
 */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { count, seed } from '@glimpse/test/support/counts';
import { encodeJpeg, progressiveScript } from '@glimpse/test/support/image/jpeg-encoder-fixture';
import { bySharp, contractOf, difference } from '@glimpse/test/support/image/jpeg-fixture';
import sharp from 'sharp';
import { areaAverage } from '../../area-average/area-average.ts';
import type { InputContract } from '../../input-contract.ts';
import { decodeJpeg } from './jpeg-decoder.ts';

const images = count('jpegImages');
const largest = images < 1000 ? ([2000, 1500] as const) : ([5000, 4000] as const);

let state = seed >>> 0;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const whole = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
const oneOf = <Item>(items: readonly Item[]): Item => items[whole(0, items.length - 1)]!;
/** Small and large sides equally often. */
const side = (most: number) => Math.max(1, Math.round(Math.exp(random() * Math.log(most))));

type Color = readonly [number, number, number];
const color = (): Color => [whole(0, 255), whole(0, 255), whole(0, 255)];

/** Each returns the color of a pixel. */
const kinds = {
  photo(width: number, height: number) {
    const [from, to, x, y] = [color(), color(), (random() * 20) / width, (random() * 20) / height];
    return (column: number, row: number, channel: number) => {
      const share = 0.5 + 0.5 * Math.sin(x * column + y * row);
      return from[channel]! * share + to[channel]! * (1 - share) + (random() - 0.5) * 20;
    };
  },
  noise: () => () => random() * 255,
  flat() {
    const only = color();
    return (_column: number, _row: number, channel: number) => only[channel]!;
  },
  saturated() {
    const size = whole(2, 20);
    return (column: number, row: number, channel: number) =>
      ((Math.floor(column / size) * 7 + Math.floor(row / size) * 13) >> channel) & 1 ? 255 : 0;
  },
  text() {
    const [ink, size] = [oneOf([[0, 0, 0] as Color, color()]), whole(1, 4)];
    return (column: number, row: number, channel: number) => {
      const [x, y] = [Math.floor(column / size), Math.floor(row / size)];
      const isInk = y % 9 < 6 && ((x * 7919 + y * 104729 + ((x * y) % 31)) >>> 2) % 3 === 0;
      return isInk ? ink[channel]! : 255;
    };
  },
} as const satisfies Record<
  string,
  (width: number, height: number) => (x: number, y: number, channel: number) => number
>;

function draw(kind: keyof typeof kinds, width: number, height: number): Uint8ClampedArray {
  const pixel = kinds[kind](width, height);
  return Uint8ClampedArray.from({ length: width * height * 3 }, (_, i) => {
    const at = Math.floor(i / 3);
    return pixel(at % width, Math.floor(at / width), i % 3);
  });
}

interface Sample {
  readonly mean: number;
  readonly name: string;
}

async function sample(): Promise<Sample> {
  const kind = oneOf(['photo', 'photo', 'noise', 'flat', 'saturated', 'text'] as const);
  const [width, height] = [side(largest[0]), side(largest[1])];
  const progressive = random() < 0.3;
  const quality = whole(1, 100);
  const chromaSubsampling = oneOf(['4:2:0', '4:4:4']);
  const raw = sharp(draw(kind, width, height), { raw: { width, height, channels: 3 } });
  const gray = random() < 0.1;
  const orientation = whole(1, 8);
  const made = (gray ? raw.grayscale() : raw).withMetadata({ orientation });
  const bytes = new Uint8Array(await made.jpeg({ quality, progressive, chromaSubsampling }).toBuffer());
  const contract = contractOf({
    width: oneOf([8, 32, 40, 100, 224]),
    height: oneOf([8, 32, 40, 96, 224]),
    channels: oneOf([1, 3]),
    fit: oneOf(['stretch', 'cover'] as const),
  } as Partial<InputContract>);
  const { pixels } = decodeJpeg(bytes, contract, { maxPixels: 1e8 }, 'as-stored');
  const { mean } = difference(pixels, await bySharp(bytes, contract));
  const how = `quality ${quality}, ${progressive ? 'progressive' : 'baseline'}, ${chromaSubsampling}`;
  const name = `${kind} ${width} x ${height}, ${how}, to ${contract.width} x ${contract.height} ${contract.fit}`;
  return { mean, name };
}

function assertNear(samples: Sample[], t: TestContext): void {
  samples.sort((a, b) => a.mean - b.mean);
  const median = samples[samples.length >> 1]!.mean;
  const worst = samples.at(-1)!;
  t.diagnostic(
    `${samples.length} images: median ${median.toFixed(3)}, worst ${worst.mean.toFixed(2)} of ${worst.name}`,
  );
  assert.ok(median <= 0.5, `median ${median}`);
  assert.ok(worst.mean <= 3, `off by ${worst.mean}: ${worst.name}`);
}

test('generated images match libjpeg', async (t) => {
  const samples: Sample[] = [];
  for (let i = 0; i < images; i++) samples.push(await sample());
  assertNear(samples, t);
});

test('generated images with any sampling, restarts and scan scripts match libjpeg', async (t) => {
  const samples: Sample[] = [];
  for (let i = 0; i < images / 4; i++) {
    const [width, height] = [side(300), side(300)];
    const kind = oneOf(['photo', 'noise', 'saturated', 'text'] as const);
    const rgb = draw(kind, width, height);
    const planes = [0, 1, 2].map((channel) => Uint8Array.from(rgb.filter((_, at) => at % 3 === channel)));
    const factors = oneOf([
      [[1, 1]],
      [[2, 1]],
      [[1, 2]],
      [[2, 2]],
      [[4, 1]],
      [[2, 4]],
      [
        [1, 1],
        [2, 1],
        [2, 2],
      ],
    ]);
    const progressive = random() < 0.5;
    const bytes = encodeJpeg({
      ...{ width, height, progressive, step: oneOf([1, 2, 5, 20, 60]), restartInterval: oneOf([0, 0, 1, 5, 40]) },
      components: planes.map((plane, at) => ({
        plane,
        horizontal: factors[at]?.[0] ?? 1,
        vertical: factors[at]?.[1] ?? 1,
      })),
      scans: progressive
        ? progressiveScript(3)
        : oneOf([[{ components: [0, 1, 2] }], [{ components: [0] }, { components: [1, 2] }]]),
    });
    const contract = contractOf();
    const { mean } = difference(decodeJpeg(bytes, contract, { maxPixels: 1e8 }).pixels, await bySharp(bytes, contract));
    samples.push({ mean, name: `${kind} ${width} x ${height} ${JSON.stringify(factors)}` });
  }
  assertNear(samples, t);
});

/** The inks as decoded by libjpeg, always inverted by libvips, multiplied by black. */
async function inksOnPaper(bytes: Uint8Array, contract: InputContract, inverted: boolean): Promise<Uint8Array> {
  const { data, info } = await sharp(bytes)
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const rgba = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 4) {
    const paper = (ink: number) => (inverted ? 255 - ink : ink);
    const black = paper(data[i + 3]!);
    for (let channel = 0; channel < 3; channel++) rgba[i + channel] = (paper(data[i + channel]!) * black) / 255 + 0.5;
    rgba[i + 3] = 255;
  }
  return areaAverage({ width: info.width, height: info.height, data: rgba }, contract);
}

test('generated CMYK and YCCK, inverted or not, match libjpeg', async (t) => {
  const samples: Sample[] = [];
  for (let i = 0; i < images / 4; i++) {
    const [width, height] = [side(largest[0] / 4), side(largest[1] / 4)];
    const kind = oneOf(['photo', 'photo', 'noise', 'flat', 'saturated', 'text'] as const);
    const [inks, blacks] = [draw(kind, width, height), draw(kind, width, height)];
    const planes = [0, 1, 2].map((channel) => Uint8Array.from(inks.filter((_, at) => at % 3 === channel)));
    planes.push(Uint8Array.from(blacks.filter((_, at) => at % 3 === 0)));
    const adobe = oneOf([undefined, 0, 2]);
    const progressive = random() < 0.3;
    const halved = random() < 0.5;
    const step = oneOf([1, 2, 5, 20]);
    const bytes = encodeJpeg({
      ...{ width, height, progressive, step },
      ...(adobe === undefined ? {} : { adobe }),
      components: planes.map((plane, at) => {
        const factor = halved && (at === 0 || at === 3) ? 2 : 1;
        return { plane, horizontal: factor, vertical: factor };
      }),
      ...(progressive ? { scans: progressiveScript(4) } : {}),
    });
    const contract = contractOf({ width: oneOf([8, 32, 96]), height: oneOf([8, 32, 96]) });
    const { pixels } = decodeJpeg(bytes, contract, { maxPixels: 1e8 });
    const { mean } = difference(pixels, await inksOnPaper(bytes, contract, adobe !== undefined));
    const how = `${progressive ? 'progressive' : 'baseline'}, ${halved ? 'halved' : 'full'}, steps of ${step}`;
    samples.push({ mean, name: `${kind} ${width} x ${height}, Adobe ${adobe}, ${how}` });
  }
  assertNear(samples, t);
});
