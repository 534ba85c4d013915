/** How to make the same run again. */
import { html } from 'hono/html';
import type { ReportContent } from '../content.ts';
import { foreign, type Html, section, table } from './section.ts';

export function reproductionSection({ config, environment, id }: ReportContent): Html {
  const { engine, revision, platform } = environment;
  const { mean, standardDeviation, fit } = config.input;
  const [commit, changed] = revision.split('+');
  const rows: [string, string][] = [
    ['run', id],
    ['engine', `${engine.name} on ${engine.device} (${engine.deviceName})`],
    ['threads', String(engine.threads)],
    ...Object.entries(engine.versions),
    ['machine', platform],
    ['code', revision],
    ...Object.entries(config.settings).map(([name, value]): [string, string] => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
    ['input', `${fit}, mean ${mean.join(' ')}, standard deviation ${standardDeviation.join(' ')}`],
  ];
  return section(
    'reproduction',
    'How to make it again',
    html`<p>The same seed, data, engine, settings and machine give the same weights bit for bit; another processor or number of
threads rounds differently.</p>
<pre tabindex="0" aria-label="Commands">${commit === 'unknown' ? '' : `git checkout ${commit}\nnpm ci\n`}npx ${config.command}</pre>`,
    ...(changed ? [html`<p>The code had changes that are in no commit.</p>`] : []),
    table(
      'Record',
      [{ name: 'What' }, { name: 'Value' }],
      rows.map(([name, value]) => [foreign(name), foreign(value)]),
    ),
  );
}
