/** What a Worker answers a second, beside a stock one and behind keys → its section of docs/benchmarks.md. */
import { ratios, summarise } from './measure.ts';
import { provenance } from './report-provenance.ts';
import { aims, type Results } from './results.ts';
import { spread, table, verdict } from './table.ts';

export function requestsSection({ requests: { from, compared, access }, date }: Results): string[] {
  const jpeg = compared.find(({ picture }) => picture === 'JPEG');
  return [
    '## Requests',
    ...(from.date === date ? [] : [`\`${from.command}\` measured this part by itself:`, provenance(from)]),
    `One isolate in workerd, in turns: our Worker, and a stock one of Hono, tfjs-layers and jSquash. Clients are connections
that stay open, each of which asks again as soon as it is answered; they share the machine with the Worker. The raw pixels
are the 3,072 bytes that the model takes, the JPEG has ${((jpeg?.bytes ?? 0) / 1000).toFixed(0)} KB. \`MAX_WAITING\` is 64 here, so that none of 64 clients is
told to come back, which the stock Worker never does.`,
    table([
      ['Picture', 'Clients', '', 'Answers a second', 'p50, ms', 'p99, ms', 'Ratio', 'Aim', ''],
      ...compared.flatMap(({ picture, clients, rates, times }) => {
        const ratio = summarise(ratios(rates.glimpse, rates.stock));
        const aim = aims.requests[picture];
        const row = (name: 'glimpse' | 'stock') => [
          spread(summarise(rates[name]), 0),
          milliseconds(times[name].p50),
          milliseconds(times[name].p99),
        ];
        return [
          [
            picture,
            `${clients}`,
            'ours',
            ...row('glimpse'),
            spread(ratio, 2),
            `≥ ${aim}`,
            verdict(ratio.median >= aim),
          ],
          [picture, `${clients}`, 'stock', ...row('stock'), '', '', ''],
        ];
      }),
    ]),
    `Our Worker with keys required, rate limits and a daily quota, which all count each request, and the same without; ${access[0]?.clients}
clients, in turns.`,
    table([
      ['Picture', 'Without, a second', 'With, a second', 'Ratio', 'Aim', ''],
      ...access.map(({ picture, rates }) => {
        const ratio = summarise(ratios(rates.guarded, rates.open));
        return [
          picture,
          spread(summarise(rates.open), 0),
          spread(summarise(rates.guarded), 0),
          spread(ratio, 3),
          `≥ ${aims.access}`,
          verdict(ratio.median >= aims.access),
        ];
      }),
    ]),
  ];
}

function milliseconds(ms: number): string {
  return ms.toFixed(ms < 10 ? 2 : 0);
}
