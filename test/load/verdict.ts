/** What a load has to show, and where it did not. */
import { flatness } from './flat.ts';
import type { LoadResult } from './run-load.ts';
import { statusesOf } from './statuses.ts';

/** What does not depend on how long it was: nothing wrong, nothing lost, nothing left behind. */
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
    ...(after.heldBytes === 0 ? [] : [`${after.heldBytes} bytes of bodies are still held`]),
    ...(log.errors.length === 0 ? [] : [`errors in the log: ${log.errors.join('\n  ')}`]),
  ];
}

/** What takes long to see. */
export function memoryFaultsOf({ samples }: LoadResult): string[] {
  const { flat, thirds, slope } = flatness(samples);
  if (flat) return [];
  const shown = thirds.map((bytes) => (bytes / 1e6).toFixed(0)).join(', ');
  return [`memory is not flat: ${shown} MB in the thirds, ${(slope / 1e6).toFixed(0)} MB more an hour`];
}
