/**
 * All randomness of a run comes from named streams of its seed. The stream `shuffle/3` is the same whether the run
 * reached epoch 3 without interruption or was resumed there.
 */
import { createHash } from 'node:crypto';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Uniform 32-bit numbers. */
export type RandomStream = () => number;

export function randomStream(seed: number, name: string): RandomStream {
  // The hash makes streams with similar seeds or names independent.
  const start = createHash('sha256').update(`${seed}/${name}`).digest().readInt32LE(0);
  const generator = xoroshiro128plus(start);
  return () => generator.next() >>> 0;
}

/** Uniform in [0, 1). */
export function uniform(stream: RandomStream): number {
  return stream() / 2 ** 32;
}

/** 0 … length - 1 in random order (Fisher–Yates shuffle). */
export function permutation(stream: RandomStream, length: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = Math.floor(uniform(stream) * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
