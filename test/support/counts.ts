/**
 * How much the randomized and repeated tests do: a seeded sample by default, the full count with TEST_COUNTS=full, which
 * `npm run test:long` sets. TEST_SEED draws another sample.
 */
const counts = {
  /** Damaged JPEG files that are decoded or refused. */
  jpegDamage: { sample: 500, full: 20_000 },
  /** Random JPEG files compared with libjpeg-turbo. */
  jpegImages: { sample: 120, full: 2000 },
  /** Random PNG files compared with libpng. */
  pngImages: { sample: 200, full: 2000 },
  /** Executions of the fuzzer over all formats. */
  fuzzExecutions: { sample: 10_000, full: 1_000_000 },
  /** Moments at which a training run is killed. */
  trainingKills: { sample: 6, full: 100 },
  /** Moments at which a publisher is killed: before or after each of its writes. */
  publisherKills: { sample: 8, full: 26 },
  /** Races of two moves of the same channel. */
  races: { sample: 25, full: 500 },
  /** Test images whose answers are compared between the Worker and Node. */
  parityImages: { sample: 2000, full: 10_000 },
  /** Test images whose answers are compared between the browser and the Worker. */
  deviceImages: { sample: 2000, full: 10_000 },
  /** Seconds of promote and rollback under load. */
  movesSeconds: { sample: 10, full: 600 },
  /** Seconds of reloads under load. */
  reloadSeconds: { sample: 10, full: 300 },
  /** Seconds of each outage of the store. */
  outageSeconds: { sample: 1, full: 20 },
} as const;

const size = process.env.TEST_COUNTS === 'full' ? 'full' : 'sample';

export function count(name: keyof typeof counts): number {
  return counts[name][size];
}

/** Of every random draw in a test that uses `count`. */
export const seed: number = Number(process.env.TEST_SEED ?? 1);
