/** The command line in a process of its own, as a user runs it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../worker/start-worker.ts';

/** @returns its exit code, and what it printed */
export function glimpse(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'training/src/cli/glimpse.ts'), ...args], (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

/** The last event of the kind that `--json` printed. */
export function eventOf(out: string, name: string): Record<string, unknown> {
  const events = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return events.findLast(({ event }) => event === name);
}
