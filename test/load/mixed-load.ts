/**
 * `npm run load`: sends a mix of valid and invalid requests to one Worker for the given time.
 *
 *   node test/load/mixed-load.ts --minutes 60     writes docs/load.json and docs/load.md
 *   node test/load/mixed-load.ts --minutes 1 --dry
 *
 * Exits with 1 if there is a 5xx other than 503, a wrong answer, a leaked tensor or body, an error in the log, or memory
 * that is not flat.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { codeRevision } from '@glimpse/training/run/revision';
import { describeMachine, readVersions } from '../bench/provenance.ts';
import { type LoadReport, report } from './report.ts';
import { runLoad } from './run-load.ts';
import { faultsOf, memoryFaultsOf } from './verdict.ts';

const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, dry: { type: 'boolean', default: false } },
});
const minutes = Number(options.minutes);
if (!(minutes >= 0.5)) {
  console.error('--minutes is half a minute or more: node test/load/mixed-load.ts --minutes 60');
  process.exit(2);
}

const from = {
  command: `npm run load -- --minutes ${options.minutes}`,
  date: new Date().toISOString(),
  commit: await codeRevision(),
  machine: describeMachine(),
  versions: await readVersions(),
};
const load = await runLoad({
  seconds: minutes * 60,
  clients: 6,
  pauseMs: 240,
  sampleSeconds: Math.min(10, minutes * 2),
  burstSeconds: 60,
  note: (line) => console.error(line),
});
const faults = [...faultsOf(load), ...memoryFaultsOf(load)];
// Rounded first, so that a report generated from the stored file is identical.
const results: LoadReport = JSON.parse(JSON.stringify({ ...from, load, faults } satisfies LoadReport, rounded));
const markdown = report(results);
console.log(markdown);
if (!options.dry) {
  const docs = join(import.meta.dirname, '../../docs');
  await writeFile(join(docs, 'load.json'), `${JSON.stringify(results, null, 1)}\n`);
  await writeFile(join(docs, 'load.md'), markdown);
  console.error('Written to docs/load.json and docs/load.md.');
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;

/** Milliseconds and seconds are stored with two decimals. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 100) / 100 : value;
}
