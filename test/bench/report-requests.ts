/** The section of docs/benchmarks.md about requests per second, compared with a stock Worker and with keys. */
import { accessNames } from './compare-access.ts';
import { ratios, summarize } from './measure.ts';
import { provenance } from './report-provenance.ts';
import { aims, type Results } from './results.ts';
import { spread, table, verdict } from './table.ts';

export function requestsSection({ requests: { from, compared, access }, date }: Results): string[] {
  const jpeg = compared.find(({ image }) => image === 'JPEG');
  return [
    '## Requests',
    ...(from.date === date ? [] : [`\`${from.command}\` measured this section separately:`, provenance(from)]),
    `One isolate in workerd, interleaved: our Worker, and a stock one with Hono, tfjs-layers and jSquash. Each client is a
keep-alive connection that sends the next request as soon as it has the answer; clients run on the same machine. The raw pixels
are the 3,072 bytes of the model's input, the JPEG has ${((jpeg?.bytes ?? 0) / 1000).toFixed(0)} KB. \`MAX_WAITING\` is 64 here, so that none of the 64 clients gets
a 503, which the stock Worker never sends.`,
    table([
      ['Image', 'Clients', '', 'Answers per second', 'p50, ms', 'p99, ms', 'Ratio', 'Aim', ''],
      ...compared.flatMap(({ image, clients, rates, times }) => {
        const ratio = summarize(ratios(rates.glimpse, rates.stock));
        const aim = aims.requests[image];
        const row = (name: 'glimpse' | 'stock') => [
          spread(summarize(rates[name]), 0),
          milliseconds(times[name].p50),
          milliseconds(times[name].p99),
        ];
        return [
          [image, `${clients}`, 'ours', ...row('glimpse'), spread(ratio, 2), `≥ ${aim}`, verdict(ratio.median >= aim)],
          [image, `${clients}`, 'stock', ...row('stock'), '', '', ''],
        ];
      }),
    ]),
    `Our Worker without keys, with keys and a daily quota, and with rate limits too, which all count each request;
${access[0]?.clients} clients, interleaved. The ratio is to the first. Miniflare runs the rate limits in isolates on the Worker's thread; Cloudflare
runs them elsewhere.`,
    table([
      ['Image', '', 'Answers per second', 'Ratio', 'Aim', ''],
      ...access.flatMap(({ image, rates }) =>
        accessNames.map((name) => {
          const row = [image, accessLabels[name], spread(summarize(rates[name]), 0)];
          if (name === 'open') return [...row, '', '', ''];
          const ratio = summarize(ratios(rates[name], rates.open));
          return [...row, spread(ratio, 3), `≥ ${aims.access}`, verdict(ratio.median >= aims.access)];
        }),
      ),
    ]),
  ];
}

const accessLabels = { open: 'open', metered: 'keys, quota', guarded: 'keys, quota, rate limits' };

function milliseconds(ms: number): string {
  return ms.toFixed(ms < 10 ? 2 : 0);
}
