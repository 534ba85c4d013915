/** `npm start`, as in a fresh clone. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const script = join(import.meta.dirname, 'start.ts');

/** In another folder and without stdin, as a service would run it. */
function start(...args: string[]): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [script, ...args], { cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  return { child, output: () => output, ended: new Promise((resolve) => child.once('close', resolve)) };
}

async function listen(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return { server, port: (server.address() as { port: number }).port };
}

const close = (server: Server) => new Promise((resolve) => server.close(resolve));

test('an invalid port is a usage error', async () => {
  for (const args of [['--port', 'banana'], ['--port', '0'], ['--port', '65536'], ['--port'], ['--prot', '1'], ['1']]) {
    const { ended, output } = start(...args);
    assert.equal(await ended, 2, args.join(' '));
    assert.match(output(), /Usage: npm start \[-- --port N\]/);
  }
});

test('a port in use is reported, with a command that works', async () => {
  const { server, port } = await listen();
  const { ended, output } = start('--port', String(port));
  assert.equal(await ended, 1);
  assert.match(output(), new RegExp(`Port ${port} is in use.*npm start -- --port \\d+`));
  await close(server);
});

test('the printed curl command works, and no process is left running', { timeout: 120_000 }, async () => {
  const { server, port } = await listen();
  await close(server);
  const { child, ended, output } = start('--port', String(port));
  while (!output().includes('Ctrl-C') && child.exitCode === null) await sleep(50);
  const line = /^ *curl .*$/m.exec(output())?.[0] ?? '';
  assert.match(output(), /Serving cifar10 \d{8}T\d{4}Z-[0-9a-f]{8}/);
  assert.match(output(), /Keys: REQUIRE_KEYS is off: anyone may classify/);
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: tmpdir() });
  assert.equal(JSON.parse(stdout).predictions[0].label, 'cat');

  child.kill('SIGTERM');
  assert.equal(await ended, 0);
  // Fails if a workerd process still listens on the port.
  const free = await listen(port);
  await close(free.server);
});
