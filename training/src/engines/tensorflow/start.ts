/** Starts TensorFlow as the tfjs backend `tensorflow`, through the binding that `glimpse engine install` built. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import util, { promisify } from 'node:util';
import { registerBackend, setBackend, version_core } from '@tensorflow/tfjs-core';
import { TrainingError } from '../../training-error.ts';
import type { Engine } from '../engine.ts';
import type { Binding, TensorFlowBackend } from './binding.ts';
import { bindingFile, findInstallation, installationFile } from './installation.ts';

const require = createRequire(import.meta.url);

/** @throws {TrainingError} `engine-unavailable` */
export async function startTensorFlow(): Promise<Engine> {
  const installation = await findInstallation();
  if (!installation) {
    const why = existsSync(installationFile) ? 'was installed by another version of Glimpse' : 'is not installed here';
    throw new TrainingError(
      'engine-unavailable',
      `The tensorflow engine ${why}. Run "glimpse engine install" (with --gpu on a machine with an NVIDIA card), or train with --engine wasm.`,
    );
  }
  // TensorFlow reads these when it is loaded. oneDNN's convolutions, which TensorFlow disables by default on some CPUs, are
  // 1.5 times faster; the log level hides TensorFlow's start-up messages; deterministic operations make runs with the
  // same seed reproducible.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_DETERMINISTIC_OPS ??= '1';
  // tfjs-node 4.22 calls this function, which Node 23 removed.
  (util as { isNullOrUndefined?: (value: unknown) => boolean }).isNullOrUndefined ??= (value) => value == null;

  let binding: Binding;
  let backend: TensorFlowBackend | undefined;
  try {
    binding = require(bindingFile) as Binding;
    // The package's index would load its own binding, so its modules are loaded one by one.
    require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js');
    const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js') as {
      NodeJSKernelBackend: new (binding: Binding, packageName: string) => TensorFlowBackend;
    };
    backend = new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu');
  } catch (cause) {
    throw new TrainingError(
      'engine-unavailable',
      `The tensorflow engine is installed, but does not start: ${(cause as Error).message}\nRun "glimpse engine install" again, or train with --engine wasm.`,
      { cause },
    );
  }
  const started = backend;
  registerBackend('tensorflow', () => started, 3);
  await setBackend('tensorflow');
  const gpu = started.isUsingGpuDevice;
  return {
    name: 'tensorflow',
    device: gpu ? 'gpu' : 'cpu',
    deviceName: gpu ? await gpuName() : (cpus()[0]?.model ?? 'unknown'),
    threads: availableParallelism(),
    versions: { tensorflow: binding.TF_Version, tfjs: version_core, node: process.versions.node },
  };
}

async function gpuName(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader']);
    return stdout.trim().split('\n')[0] ?? 'GPU';
  } catch {
    return 'GPU';
  }
}
