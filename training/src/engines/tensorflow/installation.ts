/**
 * The TensorFlow engine's installation: TensorFlow's C++ library from its PyPI wheel, and the N-API binding of
 * @tensorflow/tfjs-node-gpu compiled against it. (The binary that the npm package would download is TensorFlow 2.9 with
 * CUDA 11, which knows no current GPU.)
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../files/cache-folder.ts';
import { TrainingError } from '../../training-error.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

export const TENSORFLOW = '2.21.0';
/** Pins TensorFlow and all that it depends on, by hash. */
const requirementsOf = (kind: 'cpu' | 'gpu') => join(import.meta.dirname, `requirements-${kind}.txt`);

export interface Installation {
  readonly tensorflow: string;
  readonly kind: 'cpu' | 'gpu';
  /** SHA-256 of the binding's sources: other sources need another binding. */
  readonly sources: string;
}

const folder = cacheFolder('engines', `tensorflow-${TENSORFLOW}`);
export const installationFile = join(folder, 'installation.json');

export const bindingFile = join(folder, 'tfjs_binding.node');

/** Compiled into the binding before everything else; it says why. */
const copiedTensors = join(import.meta.dirname, 'copied-tensors.h');

/** @returns undefined where nothing is installed, or the installation is incomplete or out of date */
export async function findInstallation(): Promise<Installation | undefined> {
  try {
    const installation = JSON.parse(await readFile(installationFile, 'utf8')) as Installation;
    return installation.sources === (await sourcesHash()) ? installation : undefined;
  } catch {
    return undefined;
  }
}

/** The Python that holds TensorFlow, and Keras with it; undefined where the engine is not installed. */
export async function enginePython(): Promise<string | undefined> {
  const installation = await findInstallation();
  return installation && pythonOf(installation.kind);
}

/**
 * Takes about a minute and 1.5 GB (cpu) or some minutes and 6 GB (gpu). May be interrupted and run again: each step
 * starts from what is there, and the marker that makes the installation count is written last.
 *
 * @throws {TrainingError} `engine-install-failed`, naming the step and what it needs
 */
export async function installTensorFlow(kind: 'cpu' | 'gpu', onStep: (step: string) => void): Promise<Installation> {
  const venv = venvOf(kind);
  const python = pythonOf(kind);
  await mkdir(folder, { recursive: true });
  await rm(installationFile, { force: true });

  onStep('Making a Python environment');
  await step('python3 -m venv', 'Python 3.10 to 3.13 with the venv module (Debian: apt-get install python3-venv)', () =>
    run('python3', ['-m', 'venv', venv]),
  );
  onStep(`Installing TensorFlow ${TENSORFLOW} (${kind})`);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes'];
  await step('pip install', 'access to PyPI and free disk space', () =>
    run(python, [...pip, '--only-binary', ':all:', '-r', requirementsOf(kind)], { maxBuffer: 2 ** 26 }),
  );
  onStep('Compiling the binding');
  const { stdout } = await run(python, ['-c', 'import sysconfig; print(sysconfig.get_paths()["purelib"])']);
  const site = join(stdout.trim(), 'tensorflow');
  const unfinished = `${bindingFile}.${process.pid}.part`;
  await step('g++', 'a C++17 compiler (Debian: apt-get install g++)', () =>
    run('g++', [
      ...['-std=c++17', '-O2', '-shared', '-fPIC', '-DNAPI_VERSION=8', '-include', copiedTensors],
      ...[packageRoot(), join(packageRoot(), 'binding'), join(site, 'include')].map((path) => `-I${path}`),
      `-I${join(dirname(require.resolve('node-api-headers/package.json')), 'include')}`,
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(packageRoot(), 'binding', file)),
      ...['-o', unfinished, `-L${site}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
      // The gpu wheel finds CUDA by its own run path, so the environment is all that it needs beside the driver.
      `-Wl,-rpath,${site}`,
    ]),
  );
  await rename(unfinished, bindingFile);
  const installation: Installation = { tensorflow: TENSORFLOW, kind, sources: await sourcesHash() };
  await writeFile(installationFile, `${JSON.stringify(installation, null, 2)}\n`);
  return installation;
}

function venvOf(kind: 'cpu' | 'gpu'): string {
  return join(folder, `venv-${kind}`);
}

function pythonOf(kind: 'cpu' | 'gpu'): string {
  return join(venvOf(kind), 'bin', 'python');
}

function packageRoot(): string {
  return dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
}

/** Of the binding's sources: those that npm brought, and ours. */
export async function sourcesHash(): Promise<string> {
  const hash = createHash('sha256');
  const brought = ['tfjs_backend.cc', 'tfjs_backend.h', 'tfjs_binding.cc', 'utils.h'];
  for (const file of [...brought.map((name) => join(packageRoot(), 'binding', name)), copiedTensors]) {
    hash.update(await readFile(file));
  }
  return hash.digest('hex');
}

async function step(what: string, needs: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    const lastLines = (stderr?.trim() || message).split('\n').slice(-6).join('\n');
    throw new TrainingError(
      'engine-install-failed',
      `"${what}" failed; it needs ${needs}.\n${lastLines}\nRun "glimpse engine install" again when that is mended: it goes on from here.`,
      { cause },
    );
  }
}
