/** `wrangler dev` as a child process that ends with this one, including workerd. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import './quiet-wrangler.ts';

/** Usually a second or two; several times as long on a busy machine. */
const START_DEADLINE_MS = 90_000;
const STOP_DEADLINE_MS = 3_000;

export interface DevServer {
  readonly url: string;
  /** From now on, prints wrangler's output: one line per request. */
  show(): void;
  /** Resolves when wrangler has exited, by itself or by `stop`. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param vars variables for the Worker, which override those of wrangler.toml
 * @throws {Error} with wrangler's output, if it exits or does not answer in time
 */
export async function startWranglerDev(
  root: string,
  port: number,
  vars: Readonly<Record<string, string>> = {},
): Promise<DevServer> {
  const cli = createRequire(import.meta.url).resolve('wrangler');
  const child = spawn(
    process.execPath,
    [
      ...['--no-warnings', cli, 'dev', '--config', 'wrangler.toml', '--ip', '127.0.0.1', '--port', String(port)],
      '--show-interactive-dev-session=false',
      ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
    ],
    // Its own process group: killing only wrangler would leave workerd running.
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  let output = '';
  let quiet = true;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      if (quiet) output += data.toString();
      else process.stdout.write(data);
    });
  }
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  process.once('exit', () => killGroup(child, 'SIGKILL'));
  const server: DevServer = {
    url: `http://127.0.0.1:${port}`,
    ended,
    show() {
      quiet = false;
    },
    stop: () => stop(child, ended),
  };

  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await isAlive(server.url))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`wrangler exited:\n${output}`);
    if (Date.now() > deadline) {
      await server.stop();
      throw new Error(`the Worker did not answer within ${START_DEADLINE_MS / 1000} s:\n${output}`);
    }
    await sleep(100);
  }
  return server;
}

async function isAlive(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  killGroup(child, 'SIGTERM');
  await Promise.race([ended, sleep(STOP_DEADLINE_MS, undefined, { ref: false })]);
  killGroup(child, 'SIGKILL');
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // The group has already exited.
  }
}
