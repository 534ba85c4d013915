/** What a load came to → docs/load.md. */
import { dateLine, machineLine } from '../bench/report-provenance.ts';
import type { Results } from '../bench/results.ts';
import { table } from '../bench/table.ts';
import { flatness, MAX_GROWTH, MAX_SLOPE } from './flat.ts';
import type { LoadResult } from './run-load.ts';
import { statusesOf } from './statuses.ts';
import type { KindCount } from './tally.ts';

export interface LoadReport extends Pick<Results, 'command' | 'date' | 'commit' | 'machine' | 'versions'> {
  readonly load: LoadResult;
  /** What was not as it has to be; none where all was. */
  readonly faults: readonly string[];
}

export function report({ command, date, commit, machine, versions, load, faults }: LoadReport): string {
  const { tally, bursts, clients, seconds, log } = load;
  const minutes = `${(seconds / 60).toFixed(0)} minutes`;
  const statuses = statusesOf(tally.kinds);
  const bad = tally.kinds.filter((kind) => kind.bad);
  return [
    '# Under load',
    `\`${command}\` sent what clients send, and what no client should, to one Worker in workerd for ${minutes}: keys required,
rate limits, quotas, feedback with images, the log of requests on. It wrote this, with every sample in
[load.json](load.json). It ends with 1 where there is a 5xx other than 503, a wrong answer, a tensor or a body that is left
behind, an error in the log, or memory that is not flat.`,
    [
      dateLine(date),
      `- Commit: ${commit}`,
      machineLine(machine),
      `- Versions: Node ${versions.Node}, workerd ${versions.workerd}`,
      `- Clients: ${clients}, who wait a little between requests; once a minute a burst of images that is more than the line takes, and one of a key in a hurry`,
    ].join('\n'),
    '## What came of it',
    table([
      ['', ''],
      ['Requests', `${tally.sent}, of which ${sum(bad)} bad and ${bursts} in bursts`],
      ['Answers by status', shownStatuses(statuses)],
      ['5xx other than 503', String(othersThan503(statuses))],
      ['503, all with `Retry-After`', `${statuses['503'] ?? 0}: ${percent(statuses['503'] ?? 0, tally.sent)}`],
      ['Wrong answers', String(tally.wrong)],
      ['Tensors', `${rangeOf(load.samples.map(({ tensors }) => tensors))}, at the end ${load.after.tensors}`],
      [
        'Their bytes',
        `${rangeOf(load.samples.map(({ tensorBytes }) => tensorBytes))}, at the end ${load.after.tensorBytes}`,
      ],
      ['Bytes of bodies still held at the end', String(load.after.heldBytes)],
      [
        'Lines of the log',
        Object.entries(log.counts)
          .map(([what, count]) => `${what} ${count}`)
          .join(', '),
      ],
      ['Verdict', faults.length === 0 ? 'nothing amiss' : `**${faults.length} faults**`],
    ]),
    ...(faults.length === 0 ? [] : [faults.map((fault) => `- ${fault}`).join('\n')]),
    `A right answer is one whose scores are those that a stock Worker (tfjs-layers, jSquash) gives to the same image: to
0.0001 where it is of the model's size, to 0.05 where two decoders made it smaller; of files, the bytes; of a bad request,
the status and the code of the [table](api.md#errors).`,
    '## Memory',
    memory(load),
    '## By route',
    table([['Route', 'Sent', 'Answers by status'], ...byRoute(tally.kinds)]),
    '## By kind',
    `Milliseconds from the request to the last byte of its answer, without those that were told to come back (503); the bursts
weigh on all of them, as does whatever else runs on the machine. Feedback is four requests.`,
    table([['Good', 'Sent', 'p50', 'p99', 'Answers'], ...tally.kinds.filter((kind) => !kind.bad).map(row)]),
    `${table([['Bad', 'Sent', 'p50', 'p99', 'Answers'], ...bad.map(row)])}\n`,
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
  return `Every ${(seconds / samples.length).toFixed(0)} s all isolates collected their garbage, and memory was read. Resident in workerd, with Miniflare's R2 and rate
limits in the same process: medians of the thirds ${thirds.map(mb).join(', ')} MB, least ${mb(Math.min(...rss))}, most ${mb(Math.max(...rss))} MB. In the Worker's isolate:
JavaScript ${ofHeaps('used')}, array buffers ${ofHeaps('buffers')}. Over the last two thirds resident memory changed by ${(slope / 1e6).toFixed(1)} MB an hour (Theil–Sen). Flat
means: the last third's median at most ${mb(MAX_GROWTH)} MB above the middle's, and at most ${mb(MAX_SLOPE)} MB more an hour.`;
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
  return least === most ? `${least} all the time` : `${least} to ${most}`;
}
