/** Third-party API checkers, against the Worker and its OpenAPI document. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { startWorker } from '../support/worker/start-worker.ts';
import { redocly, schemathesis, skip, spectral } from './installed.ts';

const worker = await startWorker({
  LOG_REQUESTS: 'off',
  FEEDBACK_SECRET: 'a-secret-of-this-test-alone-in-32-characters',
  FEEDBACK_IMAGES: 'on',
});
const folder = await mkdtemp(join(tmpdir(), 'glimpse-checkers-'));
after(async () => {
  await worker.close();
  await rm(folder, { recursive: true });
});
const address = new URL('/openapi.json', worker.url).href;
const document = join(folder, 'openapi.json');
await writeFile(document, await (await fetch(address)).text());
const here = (name: string) => join(import.meta.dirname, name);
// redocly reads its ignore file beside its configuration, with paths relative to it.
await cp(here('redocly'), folder, { recursive: true });

/** Exit status, stdout and stderr. */
function outputOf(program: string, args: readonly string[]): Promise<{ status: number; text: string }> {
  const env = {
    ...process.env,
    SCHEMATHESIS_HOOKS: here('schemathesis/hooks.py'),
    PYTHONDONTWRITEBYTECODE: '1',
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
  };
  return new Promise((resolve) => {
    execFile(program, args, { cwd: folder, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ status: error ? 1 : 0, text: stdout + stderr });
    });
  });
}

test('redocly', { skip }, async (t) => {
  const args = [redocly, 'lint', document, '--config', join(folder, 'redocly.yaml')];
  const { status, text } = await outputOf(process.execPath, args);
  assert.equal(status, 0, text);
  assert.match(text, /Your API description is valid/);
  assert.doesNotMatch(text, /You have \d+ warning/, text);
  t.diagnostic('Your API description is valid.');
});

test('spectral', { skip }, async (t) => {
  const args = [spectral, 'lint', document, '--ruleset', here('spectral.yaml'), '--fail-severity', 'hint'];
  const { status, text } = await outputOf(process.execPath, args);
  assert.equal(status, 0, text);
  t.diagnostic(text.trim());
});

test('schemathesis: no findings in at least 1,500 cases', { skip }, async (t) => {
  const args = [
    '--config-file',
    here('schemathesis/schemathesis.toml'),
    'run',
    address,
    '--max-examples',
    '60',
    '--seed',
    '1',
    '--no-color',
  ];
  const { status, text } = await outputOf(schemathesis, args);
  const [, cases, passed] = /(\d+) generated, (\d+) passed/.exec(text) ?? [];
  assert.equal(status, 0, text.slice(-10_000));
  assert.equal(passed, cases);
  assert.ok(Number(cases) >= 1_500, text.slice(-2_000));
  // Every operation was reached, including those that need an id from another answer.
  assert.doesNotMatch(
    text,
    /No links point to|repeatedly returned|Missing test data|Schema validation mismatch/i,
    text.slice(-5_000),
  );
  t.diagnostic(`${cases} cases, 0 findings`);
  // The Worker is still healthy.
  assert.equal((await fetch(new URL('/readyz', worker.url))).status, 200);
});
