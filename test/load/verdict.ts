/** Checks the results of a load test. */
import { flatness } from './flat.ts';
import type { LoadResult } from './run-load.ts';
import { statusesOf } from './statuses.ts';

/** Requirements that do not depend on the duration: no wrong answers, no leaks, no errors. */
export function faultsOf({ tally, samples, after, log }: LoadResult): string[] {
  const statuses = statusesOf(tally.kinds);
  const errors5xx = Object.entries(statuses).filter(([status]) => /^5/.test(status) && status !== '503');
  const tensors = new Set([...samples.flatMap((sample) => sample.tensors ?? []), after.tensors]);
  const bytes = new Set([...samples.flatMap((sample) => sample.tensorBytes ?? []), after.tensorBytes]);
  return [
    ...errors5xx.map(([status, count]) => `${count} answers of ${status}`),
    ...(tally.wrong > 0 ? [`${tally.wrong} wrong answers: ${tally.examples.join('\n  ')}`] : []),
    ...(tensors.size === 1 && bytes.size === 1
      ? []
      : [`tensors: ${[...tensors].join(', ')}, of ${[...bytes].join(', ')} bytes`]),
    ...(after.heldBytes === 0 ? [] : [`${after.heldBytes} bytes of bodies were not released`]),
    ...(log.errors.length === 0 ? [] : [`errors in the log: ${log.errors.join('\n  ')}`]),
  ];
}

/** Requirements that need a long test. */
export function memoryFaultsOf({ samples }: LoadResult): string[] {
  const { flat, thirds, slope } = flatness(samples);
  if (flat) return [];
  const shown = thirds.map((bytes) => (bytes / 1e6).toFixed(0)).join(', ');
  return [`memory is not flat: ${shown} MB in the thirds, ${(slope / 1e6).toFixed(0)} MB per hour`];
}
