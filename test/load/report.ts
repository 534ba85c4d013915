/** Writes the results of a load test as docs/load.md. */
import { dateLine, machineLine } from '../bench/report-provenance.ts';
import type { Results } from '../bench/results.ts';
import { table } from '../bench/table.ts';
import { flatness, MAX_GROWTH, MAX_SLOPE } from './flat.ts';
import type { LoadResult } from './run-load.ts';
import { statusesOf } from './statuses.ts';
import type { KindCount } from './tally.ts';

export interface LoadReport extends Pick<Results, 'command' | 'date' | 'commit' | 'machine' | 'versions'> {
  readonly load: LoadResult;
  /** Requirements that were not met; empty if all were. */
  readonly faults: readonly string[];
}

export function report({ command, date, commit, machine, versions, load, faults }: LoadReport): string {
  const { tally, bursts, clients, seconds, log } = load;
  const minutes = `${(seconds / 60).toFixed(0)} minutes`;
  const statuses = statusesOf(tally.kinds);
  const bad = tally.kinds.filter((kind) => kind.bad);
  return [
    '# Under load',
    `\`${command}\` sent valid and invalid requests to one Worker in workerd for ${minutes}, with required keys, rate limits,
quotas, feedback with images and request logs. It wrote this page; all samples are in [load.json](load.json). It exits with 1 if
there is a 5xx other than 503, a wrong answer, a leaked tensor or body, an error in the log, or memory that is not flat.`,
    [
      dateLine(date),
      `- Commit: ${commit}`,
      machineLine(machine),
      `- Versions: Node ${versions.Node}, workerd ${versions.workerd}`,
      `- Clients: ${clients}, which pause briefly between requests; once a minute a burst of images that exceeds the queue, and a burst that exceeds a key's rate limit`,
    ].join('\n'),
    '## Results',
    table([
      ['', ''],
      ['Requests', `${tally.sent}, of which ${sum(bad)} invalid and ${bursts} in bursts`],
      ['Answers by status', shownStatuses(statuses)],
      ['5xx other than 503', String(othersThan503(statuses))],
      ['503, all with `Retry-After`', `${statuses['503'] ?? 0}: ${percent(statuses['503'] ?? 0, tally.sent)}`],
      ['Wrong answers', String(tally.wrong)],
      ['Tensors', `${rangeOf(load.samples.map(({ tensors }) => tensors))}, at the end ${load.after.tensors}`],
      [
        'Tensor bytes',
        `${rangeOf(load.samples.map(({ tensorBytes }) => tensorBytes))}, at the end ${load.after.tensorBytes}`,
      ],
      ['Bytes of bodies held at the end', String(load.after.heldBytes)],
      [
        'Log lines',
        Object.entries(log.counts)
          .map(([what, count]) => `${what} ${count}`)
          .join(', '),
      ],
      ['Verdict', faults.length === 0 ? 'passed' : `**failed: ${faults.length}**`],
    ]),
    ...(faults.length === 0 ? [] : [faults.map((fault) => `- ${fault}`).join('\n')]),
    `An answer is correct if its scores match those of a stock Worker (tfjs-layers, jSquash) for the same image: within 0.0001 for
images of the model's input size, within 0.05 for images that the decoders scale down. Files must have the right bytes, and
invalid requests the right status and code (see the [table](api.md#errors)).`,
    '## Memory',
    memory(load),
    '## By route',
    table([['Route', 'Sent', 'Answers by status'], ...byRoute(tally.kinds)]),
    '## By kind',
    `Milliseconds from the request to the last byte of the answer, except for 503. The bursts slow down all other requests, as does
other work on the machine. Feedback is four requests.`,
    table([['Valid', 'Sent', 'p50', 'p99', 'Answers'], ...tally.kinds.filter((kind) => !kind.bad).map(row)]),
    `${table([['Invalid', 'Sent', 'p50', 'p99', 'Answers'], ...bad.map(row)])}\n`,
  ].join('\n\n');
}

function memory({ samples, seconds }: LoadResult): string {
  const { thirds, slope } = flatness(samples);
  const mb = (bytes: number) => (bytes / 1e6).toFixed(0);
  const rss = samples.map((sample) => sample.rss);
  const heaps = samples.flatMap(({ heap }) => heap ?? []);
  const ofHeaps = (part: 'used' | 'buffers') => {
    const sizes = heaps.map((heap) => heap[part]).toSorted((a, b) => a - b);
    return `${mb(sizes[0] ?? 0)} to ${mb(sizes.at(-1) ?? 0)} MB (median ${mb(sizes[sizes.length >> 1] ?? 0)})`;
  };
  return `Every ${(seconds / samples.length).toFixed(0)} s, garbage was collected in all isolates and memory was measured. Resident memory of workerd, with Miniflare's
R2 and rate limits in the same process: medians of the thirds ${thirds.map(mb).join(', ')} MB, minimum ${mb(Math.min(...rss))}, maximum ${mb(Math.max(...rss))} MB. In the Worker's isolate:
JavaScript ${ofHeaps('used')}, array buffers ${ofHeaps('buffers')}. Over the last two thirds, resident memory changed by ${(slope / 1e6).toFixed(1)} MB per hour
(Theil–Sen). Flat means: the last third's median is at most ${mb(MAX_GROWTH)} MB above the middle third's, and the slope is at most
${mb(MAX_SLOPE)} MB per hour.`;
}

function byRoute(kinds: readonly KindCount[]): string[][] {
  const routes = Map.groupBy(kinds, ({ route }) => route);
  return [...routes].map(([route, of]) => [`\`${route}\``, String(sum(of)), shownStatuses(statusesOf(of))]);
}

function row({ name, statuses, p50, p99, ...rest }: KindCount): string[] {
  const answered = Object.keys(statuses).some((status) => /^\d+$/.test(status) && status !== '503');
  const times = [p50, p99].map((ms) => (answered ? ms.toFixed(ms < 10 ? 1 : 0) : '-'));
  return [name, String(sum([{ statuses, ...rest }])), ...times, shownStatuses(statuses)];
}

function sum(kinds: readonly Pick<KindCount, 'statuses'>[]): number {
  return Object.values(statusesOf(kinds)).reduce((all, count) => all + count, 0);
}

function shownStatuses(statuses: Record<string, number>): string {
  return Object.entries(statuses)
    .map(([status, count]) => `${status}: ${count}`)
    .join(', ');
}

function othersThan503(statuses: Record<string, number>): number {
  return Object.entries(statuses).reduce(
    (all, [status, count]) => (/^5/.test(status) && status !== '503' ? all + count : all),
    0,
  );
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

function rangeOf(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return least === most ? `${least} throughout` : `${least} to ${most}`;
}
