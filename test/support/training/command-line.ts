/** Runs the command line like a user: in its own process and folder. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** The program that Node runs. */
export const program = join(import.meta.dirname, '../../../training/src/cli/glimpse.ts');

export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CallOptions {
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** @param folder the working directory */
export function commandLine(
  folder: string,
  { env = {}, timeout }: CallOptions = {},
): (...args: string[]) => Promise<Called> {
  const options = { cwd: folder, env: { ...process.env, ...env }, timeout, maxBuffer: 2 ** 26 };
  return (...args) =>
    new Promise((resolve) => {
      execFile(process.execPath, [program, ...args], options, (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, out, err });
      });
    });
}

export type Event = Record<string, unknown> & { readonly event: string };

/** Parses the output of a call with `--json`. */
export function eventsOf({ out }: Called): Event[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Like `commandLine`, for calls that must succeed. @returns their events */
export function eventLine(folder: string): (...args: string[]) => Promise<Event[]> {
  const call = commandLine(folder);
  return async (...args) => {
    const called = await call('--json', ...args);
    if (called.code !== 0) throw new Error(`glimpse ${args.join(' ')}: ${called.out}${called.err}`);
    return eventsOf(called);
  };
}
