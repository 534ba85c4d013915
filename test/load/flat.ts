/** Whether memory is flat. */
import { percentile } from '../bench/measure.ts';
import type { Heap } from './collect-garbage.ts';

export interface Sample {
  /** Seconds since the load began. */
  readonly at: number;
  /** Resident bytes of workerd, when garbage had been collected. */
  readonly rss: number;
  /** Of the Worker's isolate; undefined where it did not answer. */
  readonly heap?: Heap | undefined;
  /** As /readyz says; undefined where it did not answer. */
  readonly tensors?: number | undefined;
  readonly tensorBytes?: number | undefined;
}

export interface Flatness {
  /** Bytes: medians of the thirds. The first warms up: code is compiled, and buffers get the sizes that they have. */
  readonly thirds: readonly [number, number, number];
  /** Bytes an hour over the last two thirds: the median of the slopes between all pairs of samples (Theil, 1950; Sen, 1968). */
  readonly slope: number;
  readonly flat: boolean;
}

/** Of the last third's median above the middle's. One kilobyte of each request left behind would be many times that in an hour. */
export const MAX_GROWTH = 16e6;
/** Bytes an hour. */
export const MAX_SLOPE = 24e6;

/** @param samples at least three, in their order */
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

/** @returns bytes a second */
function slopeOf(samples: readonly Sample[]): number {
  const slopes = samples.flatMap((a, i) => samples.slice(i + 1).map((b) => (b.rss - a.rss) / (b.at - a.at)));
  return percentile(slopes, 0.5);
}
