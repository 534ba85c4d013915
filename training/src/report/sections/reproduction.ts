/** The commands and settings that reproduce the run. */
import { html } from 'hono/html';
import { isolated, type Section, table } from './section.ts';

export const reproductionSection: Section = {
  id: 'reproduction',
  title: 'Reproduction',
  body({ config, environment, id }) {
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
    return [
      html`<p>The same seed, data, engine, settings and machine give bit-identical weights. A different processor or number of
threads rounds differently.</p>
<pre tabindex="0" aria-label="Commands">${commit === 'unknown' ? '' : `git checkout ${commit}\nnpm ci\n`}npx ${config.command}</pre>`,
      ...(changed ? [html`<p>The working tree had uncommitted changes.</p>`] : []),
      table(
        'Record',
        [{ name: 'Item' }, { name: 'Value' }],
        rows.map(([name, value]) => [isolated(name), isolated(value)]),
      ),
    ];
  },
};
