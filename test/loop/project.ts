/** A copy of the project in its own folder, so that a test has its own local bucket and run folders. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../support/worker/start-worker.ts';

export interface Project {
  readonly folder: string;
  /** Runs the command line in the copy. */
  glimpse(args: readonly string[], env?: Record<string, string>): Promise<{ code: number; out: string; err: string }>;
  /** Runs `npm start -- --port N`; resolves when it has printed its curl line. */
  start(): Promise<Started>;
  remove(): Promise<void>;
}

export interface Started {
  readonly url: URL;
  /** The curl line that it printed. */
  readonly curl: string;
  /** Whether the process is still running. */
  running(): boolean;
  stop(): Promise<void>;
}

const START_DEADLINE_MS = 60_000;

export async function copyProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-project-'));
  const { stdout } = await promisify(execFile)(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: ROOT },
  );
  // git also lists files whose removal is not committed.
  const files = stdout.split('\0').filter((file) => file !== '' && existsSync(join(ROOT, file)));
  for (const file of files) await cp(join(ROOT, file), join(folder, file));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    glimpse: (args, env = {}) =>
      new Promise((resolve) => {
        const program = join(folder, 'training/src/cli/glimpse.ts');
        const options = { cwd: folder, env: { ...process.env, ...env }, maxBuffer: 2 ** 26 };
        execFile(process.execPath, [program, ...args], options, (error, out, err) => {
          resolve({ code: error ? Number(error.code) : 0, out, err });
        });
      }),
    start: () => start(folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function start(folder: string): Promise<Started> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(folder, 'edge/dev/start.ts'), '--port', String(port)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const curl = await printedCurl(child);
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    curl,
    running: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function printedCurl(child: ChildProcess): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`npm start ${why}:\n${text}`));
    const timer = setTimeout(() => fail('printed no curl line in time'), START_DEADLINE_MS);
    const read = (data: Buffer) => {
      text += data;
      const line = /^\s*(curl .*)$/m.exec(text)?.[1];
      if (!line) return;
      clearTimeout(timer);
      resolve(line);
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.once('exit', (code) => fail(`exited with ${code}`));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
