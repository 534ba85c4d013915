/**
 * `npm run test:long`: the randomized and repeated tests with their full counts, one after another, and what each printed in
 * docs/long-run.md. Takes hours; `.ci/run` runs a seeded sample of the same tests.
 *
 * `npm run test:long -- NAME …` runs only the files whose path contains one of the names, and replaces only their parts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import { codeRevision } from '@glimpse/training/run/revision';
import { seed } from '../support/counts.ts';

const root = join(import.meta.dirname, '../..');
const page = join(root, 'docs/long-run.md');

const files = [
  'shared/src/image/decode/jpeg/jpeg-damage.test.ts',
  'shared/src/image/decode/jpeg/jpeg-libjpeg.test.ts',
  'shared/src/image/decode/png/png-libpng.test.ts',
  'test/fuzz/fuzz.slow.ts',
  'test/loop/kill.slow.ts',
  'test/parity/parity.slow.ts',
  'test/releases/kills.slow.ts',
  'test/releases/races.slow.ts',
  'test/releases/reload.slow.ts',
  'test/releases/moves-under-load.slow.ts',
  'test/releases/outages.slow.ts',
];

const HEAD = `# The long run

What \`npm run test:long\` printed: the randomized and repeated tests with the full counts of \`test/support/counts.ts\`. Each
part names its command, commit and machine. \`.ci/run\` runs a seeded sample of the same tests.
`;

/** Before the page changes. */
const revision = await codeRevision();

const names = process.argv.slice(2);
const chosen = names.length > 0 ? files.filter((file) => names.some((name) => file.includes(name))) : files;
if (chosen.length === 0) {
  console.error(`No such test. There are:\n${files.join('\n')}`);
  process.exit(2);
}
for (const file of chosen) {
  const { code, text, seconds } = await run(file);
  await record(file, `${section(file, text, seconds)}\n`);
  if (code !== 0) process.exitCode = 1;
}

async function run(file: string): Promise<{ code: number; text: string; seconds: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', file], {
    cwd: root,
    env: { ...process.env, TEST_COUNTS: 'full' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (data: Buffer) => {
    text += data;
    process.stdout.write(data);
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, text, seconds: Math.round((performance.now() - started) / 1000) };
}

function section(file: string, text: string, seconds: number): string {
  const { model } = cpus()[0]!;
  const name = /([\w-]+)\.(test|slow)\.ts$/.exec(file)![1];
  const lines = text
    .split('\n')
    .filter((line) => /^[✔✖ℹ]/.test(line) && !/^ℹ (suites|cancelled|todo|duration)/.test(line));
  return [
    `## ${file}`,
    '',
    `\`npm run test:long -- ${name}\`, TEST_SEED=${seed}, commit ${revision}, ${new Date().toISOString().slice(0, 10)}, ` +
      `${cpus().length} cores (${model.trim()}, ${arch()}), ${seconds} s.`,
    '',
    '```',
    ...lines.map((line) => line.replace(/ \(\d+\.\d+ms\)$/, '')),
    '```',
    '',
  ].join('\n');
}

/** Replaces the file's part of the page, or adds it, in the order of the table. */
async function record(file: string, part: string): Promise<void> {
  const before = await readFile(page, 'utf8').catch(() => HEAD);
  const parts = new Map(
    before
      .split(/^(?=## )/m)
      .slice(1)
      .map((text) => [/^## (.*)$/m.exec(text)![1]!, text]),
  );
  parts.set(file, part);
  const kept = files.flatMap((name) => parts.get(name) ?? []);
  await writeFile(page, `${HEAD}\n${kept.map((text) => text.trim()).join('\n\n')}\n`);
}
