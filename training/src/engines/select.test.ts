import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { getBackend } from '@tensorflow/tfjs-core';

const cache = await mkdtemp(join(tmpdir(), 'glimpse-engines-'));
process.env.GLIMPSE_CACHE = cache;
after(() => rm(cache, { recursive: true }));
// These modules read GLIMPSE_CACHE when they are loaded.
const { startEngine } = await import('./select.ts');
const { bindingFile, installationFile, sourcesHash } = await import('./tensorflow/installation.ts');

const unavailable = { name: 'TrainingError', code: 'engine-unavailable' };

test('requesting an engine that is not installed fails and says how to install it', async () => {
  const fellBack: string[] = [];
  await assert.rejects(
    startEngine('tensorflow', (reason) => fellBack.push(reason)),
    {
      ...unavailable,
      message: /not installed here\. Run "glimpse engine install".*or train with --engine wasm/,
    },
  );
  assert.deepEqual(fellBack, []);
});

test('requesting an engine that does not start fails without a fallback', async () => {
  await mkdir(dirname(bindingFile), { recursive: true });
  await writeFile(bindingFile, 'not a shared library');
  const installation = { tensorflow: '2.21.0', kind: 'cpu', sources: await sourcesHash() };
  await writeFile(installationFile, JSON.stringify(installation));
  await assert.rejects(
    startEngine('tensorflow', () => {}),
    {
      ...unavailable,
      message: /is installed, but does not start: .*tfjs_binding\.node/,
    },
  );
});

test('auto falls back to WASM and says why', async () => {
  const reasons: string[] = [];
  const engine = await startEngine('auto', (reason) => reasons.push(reason));
  assert.equal(reasons.length, 1);
  assert.match(reasons[0]!, /does not start/);
  assert.equal(engine.name, 'wasm');
  assert.equal(engine.threads, 1);
  assert.equal(getBackend(), 'wasm');
});

test('an installation that was built from other sources is ignored', async () => {
  await writeFile(installationFile, JSON.stringify({ tensorflow: '2.21.0', kind: 'cpu', sources: 'other' }));
  await assert.rejects(
    startEngine('tensorflow', () => {}),
    { ...unavailable, message: /was installed by another version of Glimpse\. Run "glimpse engine install"/ },
  );
});
