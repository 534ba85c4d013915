/**
 * The TensorFlow engine's installation: TensorFlow's C++ library from its PyPI wheel, and the Node-API binding of
 * @tensorflow/tfjs-node-gpu compiled against it. (The binary that the npm package would download is TensorFlow 2.9 with
 * CUDA 11, which supports no current GPU.)
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
/** Pins TensorFlow and all its dependencies by hash. */
const requirementsOf = (kind: 'cpu' | 'gpu') => join(import.meta.dirname, `requirements-${kind}.txt`);

export interface Installation {
  readonly tensorflow: string;
  readonly kind: 'cpu' | 'gpu';
  /** SHA-256 of the binding's sources. If they change, the binding must be rebuilt. */
  readonly sources: string;
}

const folder = cacheFolder('engines', `tensorflow-${TENSORFLOW}`);
export const installationFile = join(folder, 'installation.json');

export const bindingFile = join(folder, 'tfjs_binding.node');

/** Included before the binding's sources. The file says why. */
const copiedTensors = join(import.meta.dirname, 'copied-tensors.h');

/** @returns undefined if nothing is installed, or the installation is incomplete or outdated */
export async function findInstallation(): Promise<Installation | undefined> {
  try {
    const installation = JSON.parse(await readFile(installationFile, 'utf8')) as Installation;
    return installation.sources === (await sourcesHash()) ? installation : undefined;
  } catch {
    return undefined;
  }
}

/** The Python interpreter that has TensorFlow and Keras; undefined if the engine is not installed. */
export async function enginePython(): Promise<string | undefined> {
  const installation = await findInstallation();
  return installation && pythonOf(installation.kind);
}

/**
 * Takes about a minute and 1.5 GB (cpu) or a few minutes and 6 GB (gpu). It can be interrupted and run again: each step
 * reuses what exists, and the file that marks the installation as complete is written last.
 *
 * @throws {TrainingError} `engine-install-failed` with the step that failed and its requirements
 */
export async function installTensorFlow(kind: 'cpu' | 'gpu', onStep: (step: string) => void): Promise<Installation> {
  const venv = venvOf(kind);
  const python = pythonOf(kind);
  await mkdir(folder, { recursive: true });
  await rm(installationFile, { force: true });

  onStep('Creating a Python environment');
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
      // The GPU wheel finds CUDA through its own run path, so it needs only the Python environment and the driver.
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

/** SHA-256 of the binding's sources, from npm and from this project. */
export async function sourcesHash(): Promise<string> {
  const hash = createHash('sha256');
  const fromNpm = ['tfjs_backend.cc', 'tfjs_backend.h', 'tfjs_binding.cc', 'utils.h'];
  for (const file of [...fromNpm.map((name) => join(packageRoot(), 'binding', name)), copiedTensors]) {
    hash.update(await readFile(file));
  }
  return hash.digest('hex');
}

async function step(command: string, needs: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    const lastLines = (stderr?.trim() || message).split('\n').slice(-6).join('\n');
    throw new TrainingError(
      'engine-install-failed',
      `"${command}" failed. It needs ${needs}.\n${lastLines}\nFix the problem and run "glimpse engine install" again: it resumes at this step.`,
      { cause },
    );
  }
}
