import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { lockRun } from './lock.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-lock-'));
after(() => rm(folder, { recursive: true }));
const path = join(folder, 'lock');

test('a run in use is refused, saying by whom; given back it is free', async () => {
  const unlock = await lockRun(folder);
  await assert.rejects(lockRun(folder), {
    code: 'run-busy',
    message: new RegExp(`in use by process ${process.pid} on ${hostname()} since`),
  });
  await unlock();
  await (await lockRun(folder))();
});

test('what a killed process left behind is taken over', async () => {
  const child = spawn('sleep', ['60']);
  await writeFile(path, JSON.stringify({ process: child.pid, host: hostname(), since: 'then' }));
  await assert.rejects(lockRun(folder), { code: 'run-busy' });
  child.kill('SIGKILL');
  await new Promise((resolve) => child.on('close', resolve));
  await (await lockRun(folder))();
});

test('a lock that was never finished is taken over, one of another machine is not', async () => {
  await writeFile(path, '{"proc');
  await (await lockRun(folder))();
  await writeFile(path, JSON.stringify({ process: 1, host: 'elsewhere', since: 'then' }));
  await assert.rejects(lockRun(folder), { code: 'run-busy', message: /on elsewhere.*delete/ });
});
