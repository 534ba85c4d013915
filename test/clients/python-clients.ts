/** The Python that holds other people's clients, unmodified. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '@glimpse/training/cache-folder';

const run = promisify(execFile);

/** Of a program of that installation. */
export const pythonClients = (program: string) => cacheFolder('tools', 'clients', 'bin', program);

/** Why a test that needs them is skipped, with the command that brings them; `false` where they are there. */
export const skipWithoutPython: string | false = existsSync(pythonClients('schemathesis'))
  ? false
  : 'The Python clients are not installed: bash test/clients/install-python.sh';

/**
 * Runs a script of python/, which asks a Worker and prints what its client made of the answers.
 *
 * @returns the JSON on its stdout
 */
// biome-ignore lint/suspicious/noExplicitAny: what a test expects of it, it says itself
export async function askWith(script: string, args: readonly string[]): Promise<any> {
  const { stdout } = await run(
    pythonClients('python'),
    ['-W', 'ignore', join(import.meta.dirname, 'python', script), ...args],
    {
      env: { ...process.env, HF_HUB_DISABLE_TELEMETRY: '1', PYTHONDONTWRITEBYTECODE: '1' },
      maxBuffer: 2 ** 24,
    },
  );
  return JSON.parse(stdout);
}
