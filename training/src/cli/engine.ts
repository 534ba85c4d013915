/** `glimpse engine install`: installs TensorFlow. */
import { Command } from 'commander';
import { installTensorFlow } from '../engines/tensorflow/installation.ts';
import { outputOf } from './options.ts';

export function engineCommand(): Command {
  const install = new Command('install')
    .description('install the tensorflow engine into the cache (needs Python, a C++ compiler and PyPI)')
    .option('--gpu', 'with CUDA, for NVIDIA cards')
    .action(async (options: { gpu?: boolean }, command: Command) => {
      const output = outputOf(command);
      const installed = await installTensorFlow(options.gpu ? 'gpu' : 'cpu', output.note);
      output.event('engine', installed, `TensorFlow ${installed.tensorflow} (${installed.kind}) is ready.`);
    });
  return new Command('engine').addCommand(install);
}
