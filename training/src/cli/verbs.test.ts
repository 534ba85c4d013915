import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { commandLine } from '@glimpse/test/support/training/command-line';
import { verbs } from './verbs.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-verbs-'));
after(() => rm(folder, { recursive: true }));

test('each row of the table loads the command with that name', async () => {
  for (const { name, load } of verbs) assert.equal((await load())().name(), name);
});

test('each command file in this folder is in the table, or is imported by one that is', async () => {
  const files = (await readdir(import.meta.dirname)).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const texts = new Map(
    await Promise.all(
      files.map(async (name) => [name, await readFile(join(import.meta.dirname, name), 'utf8')] as const),
    ),
  );
  for (const [name, text] of texts) {
    if (name === 'glimpse.ts' || !text.includes('new Command(')) continue;
    const importers = [...texts].filter(([other, content]) => other !== name && content.includes(`'./${name}'`));
    assert.ok(importers.length > 0, `${name} is missing from verbs.ts`);
  }
});

/** The files of cli/ that `glimpse` loads, by V8's coverage. */
async function loadedFiles(...args: string[]): Promise<string[]> {
  const coverage = await mkdtemp(join(folder, 'coverage-'));
  await commandLine(folder, { env: { NODE_V8_COVERAGE: coverage } })(...args);
  const reports = await Promise.all(
    (await readdir(coverage)).map((name) => readFile(join(coverage, name), 'utf8').then((text) => JSON.parse(text))),
  );
  const urls = reports.flatMap(({ result }: { result: { url: string }[] }) => result.map(({ url }) => url));
  return urls.flatMap((url) => /training\/src\/cli\/(.+)$/.exec(url)?.[1] ?? []).sort();
}

test('"glimpse --help" loads no verb, and "glimpse VERB" only its own', async () => {
  assert.deepEqual(await loadedFiles('--help'), ['glimpse.ts', 'verbs.ts']);
  const loaded = await loadedFiles('doctor', '--help');
  assert.deepEqual(
    verbs.map(({ name }) => `${name}.ts`).filter((file) => loaded.includes(file)),
    ['doctor.ts'],
  );
});
