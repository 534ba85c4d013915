import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, beforeEach } from 'node:test';
import { lockRun } from './lock.ts';

const root = await mkdtemp(join(tmpdir(), 'glimpse-lock-'));
after(() => rm(root, { recursive: true }));
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'run-'));
});

const holder = (process: number | undefined, host = hostname()) => JSON.stringify({ process, host, since: 'then' });

/** The id of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = spawn('true');
  await once(child, 'close');
  return child.pid!;
}

test('locking a run in use fails with its holder; a released run can be locked', async () => {
  for (let i = 0; i < 5; i++) {
    const unlock = await lockRun(folder);
    await assert.rejects(lockRun(folder), {
      code: 'run-busy',
      message: new RegExp(`in use by process ${process.pid} on ${hostname()} since`),
    });
    await unlock();
  }
  assert.ok((await readdir(folder)).length <= 3, 'old lock files are deleted');
});

test('the lock of a killed process is taken over', async () => {
  const child = spawn('sleep', ['60']);
  await writeFile(join(folder, 'lock.4'), holder(child.pid));
  await assert.rejects(lockRun(folder), { code: 'run-busy' });
  child.kill('SIGKILL');
  await once(child, 'close');
  await (await lockRun(folder))();
});

test('a lock file of an earlier version is respected while its process runs', async () => {
  await writeFile(join(folder, 'lock'), holder(process.pid));
  await assert.rejects(lockRun(folder), { code: 'run-busy' });
  await writeFile(join(folder, 'lock'), holder(await endedProcess()));
  await (await lockRun(folder))();
});

test('the next holder deletes partial checkpoints that a killed process left', async () => {
  const checkpoints = join(folder, 'checkpoints');
  await mkdir(checkpoints);
  await writeFile(join(checkpoints, 'epoch-001.safetensors'), 'whole');
  await writeFile(join(checkpoints, 'epoch-002.safetensors.123.part'), 'half');
  await lockRun(folder);
  assert.deepEqual(await readdir(checkpoints), ['epoch-001.safetensors']);
});

test('a truncated lock file is taken over; one from another machine is not', async () => {
  await writeFile(join(folder, 'lock.1'), '{"proc');
  const unlock = await lockRun(folder);
  assert.equal(JSON.parse(await readFile(join(folder, 'lock.2'), 'utf8')).process, process.pid);
  await unlock();
  await writeFile(join(folder, 'lock.3'), holder(1, 'elsewhere'));
  await assert.rejects(lockRun(folder), { code: 'run-busy', message: /on elsewhere.*delete/ });
});

/** Locks the folder that its parent sends and replies with the result. It holds the lock until it exits. */
const starter = `
  const { lockRun } = await import(process.argv[1]);
  process.on('message', (folder) => lockRun(folder).then(() => process.send('got'), ({ code }) => process.send(code)));
  process.send('ready');
`;

test('exactly one of several processes takes over a stale lock', { timeout: 120_000 }, async () => {
  const stale = await endedProcess();
  const args = ['--input-type=module', '-e', starter, join(import.meta.dirname, 'lock.ts')];
  const starters = Array.from({ length: 4 }, () =>
    spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  try {
    await Promise.all(starters.map((child) => once(child, 'message')));
    for (let round = 0; round < 25; round++) {
      const run = await mkdtemp(join(root, 'raced-'));
      await writeFile(join(run, 'lock.1'), holder(stale));
      const answers = await Promise.all(starters.map((child) => ask(child, run)));
      assert.deepEqual(answers.toSorted(), ['got', 'run-busy', 'run-busy', 'run-busy'], `round ${round}`);
    }
  } finally {
    for (const child of starters) child.kill();
  }
});

async function ask(child: ChildProcess, run: string): Promise<string> {
  const answer = once(child, 'message');
  child.send(run);
  return (await answer)[0];
}
