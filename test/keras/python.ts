/** The Python environments with real Keras: version 3 comes with the TensorFlow engine, version 2 with install-keras2.sh. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { enginePython } from '@glimpse/training/engines/tensorflow/installation';
import { cacheFolder } from '@glimpse/training/files/cache-folder';

const run = promisify(execFile);

export interface KerasPython {
  readonly name: string;
  /** Undefined if it is not installed. */
  readonly python: string | undefined;
  /** Why tests that need it are skipped, with the command that installs it; `false` if it is installed. */
  readonly skip: string | false;
}

const keras2Python = cacheFolder('tools', 'keras2', 'bin', 'python');

export const keras2: KerasPython = existing(
  'Keras 2.15',
  existsSync(keras2Python) ? keras2Python : undefined,
  'bash test/keras/install-keras2.sh',
);
export const keras3: KerasPython = existing('Keras 3', await enginePython(), 'npx glimpse engine install');

function existing(name: string, python: string | undefined, command: string): KerasPython {
  return { name, python, skip: python ? false : `${name} is not installed: ${command}` };
}

/**
 * Runs a script from python/.
 *
 * @returns its output on stdout
 */
export async function runPython(keras: KerasPython, script: string, args: readonly string[]): Promise<string> {
  if (!keras.python) throw new Error(String(keras.skip));
  const env = {
    ...process.env,
    TF_CPP_MIN_LOG_LEVEL: '3',
    CUDA_VISIBLE_DEVICES: '-1',
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const { stdout } = await run(keras.python, [join(import.meta.dirname, 'python', script), ...args], {
    env,
    maxBuffer: 2 ** 26,
  });
  return stdout;
}
