/** Where the clients and checkers are that test/clients/install.sh brings, unmodified. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '@glimpse/training/files/cache-folder';

const run = promisify(execFile);

/** A program of that installation. */
export const installed = (...path: string[]) => cacheFolder('tools', 'clients', ...path);
export const schemathesis = installed('bin', 'schemathesis');
/** Its script, for Node. */
export const redocly = installed('linters', 'node_modules', '@redocly', 'cli', 'bin', 'cli.js');
export const spectral = installed('linters', 'node_modules', '@stoplight', 'spectral-cli', 'dist', 'index.js');

/** Why a test that needs them is skipped, with the command that brings them; `false` where they are there. */
export const skip: string | false = [schemathesis, redocly, spectral].every(existsSync)
  ? false
  : 'Other people’s clients and checkers are not installed: bash test/clients/install.sh';

/**
 * Runs a script of python/, which asks a Worker and prints what its client made of the answers.
 *
 * @returns the JSON on its stdout
 */
// biome-ignore lint/suspicious/noExplicitAny: what a test expects of it, it says itself
export async function askWith(script: string, args: readonly string[]): Promise<any> {
  const { stdout } = await run(
    installed('bin', 'python'),
    ['-W', 'ignore', join(import.meta.dirname, 'python', script), ...args],
    { env: { ...process.env, HF_HUB_DISABLE_TELEMETRY: '1', PYTHONDONTWRITEBYTECODE: '1' }, maxBuffer: 2 ** 24 },
  );
  return JSON.parse(stdout);
}
