/** The command line as a separate process, with a store named by the environment. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../support/worker/start-worker.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** @param folder the working folder */
export function glimpse(folder: string, env: Record<string, string>, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const program = join(ROOT, 'training/src/cli/glimpse.ts');
    const options = { cwd: folder, env: { ...process.env, ...env }, maxBuffer: 2 ** 26 };
    execFile(process.execPath, [program, ...args], options, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

/** The objects that `--json` printed, by event. */
export function events(out: string, name: string): Record<string, unknown>[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === name);
}
