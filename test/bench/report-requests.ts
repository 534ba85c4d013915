/** What a Worker answers a second, beside a stock one and behind keys → its section of docs/benchmarks.md. */
import { accessNames } from './compare-access.ts';
import { ratios, summarize } from './measure.ts';
import { provenance } from './report-provenance.ts';
import { aims, type Results } from './results.ts';
import { spread, table, verdict } from './table.ts';

export function requestsSection({ requests: { from, compared, access }, date }: Results): string[] {
  const jpeg = compared.find(({ image }) => image === 'JPEG');
  return [
    '## Requests',
    ...(from.date === date ? [] : [`\`${from.command}\` measured this part by itself:`, provenance(from)]),
    `One isolate in workerd, in turns: our Worker, and a stock one of Hono, tfjs-layers and jSquash. Clients are connections
that stay open, each of which asks again as soon as it is answered; they share the machine with the Worker. The raw pixels
are the 3,072 bytes that the model takes, the JPEG has ${((jpeg?.bytes ?? 0) / 1000).toFixed(0)} KB. \`MAX_WAITING\` is 64 here, so that none of 64 clients is
told to come back, which the stock Worker never does.`,
    table([
      ['Image', 'Clients', '', 'Answers a second', 'p50, ms', 'p99, ms', 'Ratio', 'Aim', ''],
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
    `Our Worker as it is, with keys and a daily quota, and with rate limits as well, which all count each request;
${access[0]?.clients} clients, in turns. The ratio is to the first. Miniflare plays the rate limits' binding in isolates that compute in the
same thread as the Worker; Cloudflare counts outside of it.`,
    table([
      ['Image', '', 'Answers a second', 'Ratio', 'Aim', ''],
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
