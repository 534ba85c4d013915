import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { testRunConfig } from '@glimpse/test/support/training/run-config';
import { listRuns } from './list-runs.ts';
import { RunFolder } from './run-folder.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-runs-'));
after(() => rm(folder, { recursive: true }));

async function newRun(startedAt: string): Promise<RunFolder> {
  const run = await RunFolder.create(folder, { ...testRunConfig, startedAt });
  const versions = { node: '24' };
  const engine = { name: 'wasm', device: 'cpu', deviceName: 'test', threads: 1, versions } as const;
  await run.writeEnvironment({ engine, platform: 'test', revision: 'unknown' });
  return run;
}

test('runs are listed newest first with their progress, and damaged folders with the reason', async () => {
  const done = await newRun('2026-11-25T03:00:00.000Z');
  await done.writeHistory({ loss: [2, 1], acc: [0.1, 0.2], val_loss: [2, 1], val_acc: [0.5, 0.25] });
  await done.writeOutcome({ status: 'failed', endedAt: '2026-11-25T03:01:30.000Z', reason: 'The loss became NaN' });
  await newRun('2026-11-26T03:00:00.000Z');

  const damages: Record<string, (path: string) => Promise<void>> = {
    'cut-config': (path) => writeFile(join(path, 'config.json'), '{"command": "gli'),
    'other-json': (path) => writeFile(join(path, 'config.json'), '[1]'),
    'no-layers': (path) =>
      writeFile(
        join(path, 'config.json'),
        JSON.stringify({ ...testRunConfig, architecture: { name: 'x', topology: {} } }),
      ),
    'no-environment': (path) => rm(join(path, 'environment.json')),
    'odd-history': (path) => writeFile(join(path, 'history.json'), '{"loss": "low"}'),
    'odd-outcome': (path) => writeFile(join(path, 'outcome.json'), '{"status": "fine"}'),
    'folder-for-file': async (path) => {
      await rm(join(path, 'history.json'));
      await mkdir(join(path, 'history.json'));
    },
  };
  for (const [name, damage] of Object.entries(damages)) {
    await cp(done.path, join(folder, name), { recursive: true });
    await damage(join(folder, name));
  }
  await mkdir(join(folder, 'empty'));
  await writeFile(join(folder, 'notes.txt'), 'not a run');

  const { runs, damaged } = await listRuns(folder);
  assert.deepEqual(
    runs.map(({ id: _, path: __, ...summary }) => summary),
    [
      {
        startedAt: '2026-11-26T03:00:00.000Z',
        architecture: 'cifar10-small',
        data: 'cifar10',
        epochs: { done: 0, asked: 10 },
        bestAccuracy: undefined,
        lastAccuracy: undefined,
        status: 'unfinished',
        engine: 'wasm cpu',
        seconds: undefined,
      },
      {
        startedAt: '2026-11-25T03:00:00.000Z',
        architecture: 'cifar10-small',
        data: 'cifar10',
        epochs: { done: 2, asked: 10 },
        bestAccuracy: 0.5,
        lastAccuracy: 0.25,
        status: 'failed',
        engine: 'wasm cpu',
        seconds: 90,
      },
    ],
  );
  assert.deepEqual(damaged.map(({ id }) => id).sort(), [...Object.keys(damages), 'empty'].sort());
  for (const { damage } of damaged) assert.ok(damage.length > 20, damage);
});

test('curves with NaN and infinity, which JSON cannot represent, are still readable', async () => {
  const run = await newRun('2026-11-27T03:00:00.000Z');
  await run.writeHistory({ loss: [Number.NaN], acc: [0.1], val_loss: [Number.POSITIVE_INFINITY], val_acc: [0.1] });
  assert.deepEqual(await run.history(), { loss: [NaN], acc: [0.1], val_loss: [NaN], val_acc: [0.1] });
});

test('listing a missing folder fails and says what to do', async () => {
  await assert.rejects(listRuns(join(folder, 'nowhere')), {
    code: 'run-invalid',
    message: /The folder .*nowhere does not exist\. Train a run first .* --runs/,
  });
});
