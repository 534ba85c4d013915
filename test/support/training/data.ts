/** A data set that a small network learns in seconds: ten colors with noise. */
import type { DataSet } from '@glimpse/training/data/data-set';
import { ImageSet } from '@glimpse/training/data/image-set';
import { randomStream } from '@glimpse/training/engines/random';

const SIZE = 32 * 32 * 3;

export function colorData(train = 300, test = 100): DataSet {
  const held = images('test', test);
  return {
    name: 'cifar10',
    shape: [32, 32, 3],
    labels: Array.from({ length: 10 }, (_, i) => `color ${i}`),
    train: images('train', train),
    validation: held,
    test: held,
  };
}

function images(name: string, count: number): ImageSet {
  const random = randomStream(1, name);
  const pixels = new Uint8Array(count * SIZE);
  const classes = Uint8Array.from({ length: count }, () => random() % 10);
  for (let i = 0; i < pixels.length; i++) {
    const color = classes[Math.floor(i / SIZE)]!;
    const level = [(color % 3) * 100, (Math.floor(color / 3) % 3) * 100, color === 9 ? 200 : 0][i % 3]!;
    pixels[i] = level + (random() % 56);
  }
  return ImageSet.inMemory(pixels, classes);
}
