import type { KindCount } from './tally.ts';

/** The sum over several kinds. */
export function statusesOf(kinds: readonly Pick<KindCount, 'statuses'>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { statuses } of kinds) {
    for (const [status, count] of Object.entries(statuses)) sums[status] = (sums[status] ?? 0) + count;
  }
  return sums;
}
