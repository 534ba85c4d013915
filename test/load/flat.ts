/** Whether memory is flat. */
import { percentile } from '../bench/measure.ts';
import type { Heap } from './collect-garbage.ts';

export interface Sample {
  /** Seconds since the start of the load. */
  readonly at: number;
  /** Resident bytes of workerd after garbage collection. */
  readonly rss: number;
  /** Memory of the Worker's isolate; undefined if it did not answer. */
  readonly heap?: Heap | undefined;
  /** From /readyz; undefined if it did not answer. */
  readonly tensors?: number | undefined;
  readonly tensorBytes?: number | undefined;
}

export interface Flatness {
  /** Medians of the thirds, in bytes. The first third is warm-up: code is compiled and buffers reach their sizes. */
  readonly thirds: readonly [number, number, number];
  /** Bytes per hour over the last two thirds: the median slope of all pairs of samples (Theil, 1950; Sen, 1968). */
  readonly slope: number;
  readonly flat: boolean;
}

/** Maximum growth from the middle to the last third. Leaking one kilobyte per request would exceed it many times in an hour. */
export const MAX_GROWTH = 16e6;
/** Maximum slope, in bytes per hour. */
export const MAX_SLOPE = 24e6;

/** @param samples at least three, in order of time */
export function flatness(samples: readonly Sample[]): Flatness {
  const third = samples.length / 3;
  const medianOf = (from: number, to: number) =>
    percentile(
      samples.slice(Math.round(from * third), Math.round(to * third)).map(({ rss }) => rss),
      0.5,
    );
  const thirds = [medianOf(0, 1), medianOf(1, 2), medianOf(2, 3)] as const;
  const slope = slopeOf(samples.slice(Math.round(third))) * 3600;
  return { thirds, slope, flat: thirds[2] - thirds[1] <= MAX_GROWTH && slope <= MAX_SLOPE };
}

/** @returns bytes per second */
function slopeOf(samples: readonly Sample[]): number {
  const slopes = samples.flatMap((a, i) => samples.slice(i + 1).map((b) => (b.rss - a.rss) / (b.at - a.at)));
  return percentile(slopes, 0.5);
}
