/** What one pass over the pixels tells: the fingerprint, and the mean and standard deviation of the training part. */
import type { ImageSet } from '../image-set.ts';

export interface ChannelStatistics {
  /** A number a channel, of values in 0 … 1, to four decimals. */
  readonly mean: readonly number[];
  /** Of the population. 1 for a channel that never changes, as it divides. */
  readonly standardDeviation: readonly number[];
}

const AT_A_TIME = 1000;

/** Exact up to the rounding: the 256 values are counted, and only the counts are averaged. */
export function channelStatistics(set: ImageSet, channels: number): ChannelStatistics {
  const counts = Array.from({ length: channels }, () => new Float64Array(256));
  for (let from = 0; from < set.count; from += AT_A_TIME) {
    const { pixels } = set.range(from, AT_A_TIME);
    for (let i = 0; i < pixels.length; i++) counts[i % channels]![pixels[i]!]!++;
  }
  const total = (set.count * set.imageBytes) / channels;
  const mean = counts.map((count) => count.reduce((sum, n, value) => sum + (n * value) / 255, 0) / total);
  const deviation = counts.map((count, channel) =>
    Math.sqrt(count.reduce((sum, n, value) => sum + n * (value / 255 - mean[channel]!) ** 2, 0) / total),
  );
  return { mean: mean.map(rounded), standardDeviation: deviation.map((value) => rounded(value) || 1) };
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
