/** The third-party clients and checkers that test/clients/install.sh installs. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '@glimpse/training/files/cache-folder';

const run = promisify(execFile);

/** Path in that installation. */
export const installed = (...path: string[]) => cacheFolder('tools', 'clients', ...path);
export const schemathesis = installed('bin', 'schemathesis');
/** Script for Node. */
export const redocly = installed('linters', 'node_modules', '@redocly', 'cli', 'bin', 'cli.js');
export const spectral = installed('linters', 'node_modules', '@stoplight', 'spectral-cli', 'dist', 'index.js');

/** The reason to skip tests without them; `false` if they are installed. */
export const skip: string | false = [schemathesis, redocly, spectral].every(existsSync)
  ? false
  : 'Third-party clients and checkers are not installed: bash test/clients/install.sh';

/**
 * Runs a script in python/ that calls a Worker and prints the answers of its client.
 *
 * @returns the JSON on its stdout
 */
// biome-ignore lint/suspicious/noExplicitAny: each test asserts its own shape
export async function askWith(script: string, args: readonly string[]): Promise<any> {
  const { stdout } = await run(
    installed('bin', 'python'),
    ['-W', 'ignore', join(import.meta.dirname, 'python', script), ...args],
    { env: { ...process.env, HF_HUB_DISABLE_TELEMETRY: '1', PYTHONDONTWRITEBYTECODE: '1' }, maxBuffer: 2 ** 24 },
  );
  return JSON.parse(stdout);
}
