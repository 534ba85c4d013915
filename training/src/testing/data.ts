/** A data set that a small network learns in seconds: ten colours, each with noise. */
import type { DataSet } from '../data/data-set.ts';
import { PictureSet } from '../data/picture-set.ts';
import { randomStream } from '../random.ts';

const SIZE = 32 * 32 * 3;

export function colourData(train = 300, test = 100): DataSet {
  const held = pictures('test', test);
  return {
    name: 'cifar10',
    shape: [32, 32, 3],
    labels: Array.from({ length: 10 }, (_, i) => `colour ${i}`),
    train: pictures('train', train),
    validation: held,
    test: held,
  };
}

function pictures(name: string, count: number): PictureSet {
  const random = randomStream(1, name);
  const pixels = new Uint8Array(count * SIZE);
  const classes = Uint8Array.from({ length: count }, () => random() % 10);
  for (let i = 0; i < pixels.length; i++) {
    const colour = classes[Math.floor(i / SIZE)]!;
    const level = [(colour % 3) * 100, (Math.floor(colour / 3) % 3) * 100, colour === 9 ? 200 : 0][i % 3]!;
    pixels[i] = level + (random() % 56);
  }
  return PictureSet.inMemory(pixels, classes);
}
