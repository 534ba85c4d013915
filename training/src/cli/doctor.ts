/** `glimpse doctor`: what this machine has and lacks for training. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { findInstallation } from '../engines/tensorflow/installation.ts';
import { cacheFolder } from '../files/cache-folder.ts';
import { outputOf } from './options.ts';

const run = promisify(execFile);

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
}

export function doctorCommand(): Command {
  return new Command('doctor').action(async (_, command: Command) => {
    const output = outputOf(command);
    for (const finding of await examine()) {
      output.event('finding', finding, `${finding.ok ? 'ok  ' : 'lack'} ${finding.name.padEnd(18)} ${finding.text}`);
    }
  });
}

async function examine(): Promise<Finding[]> {
  const [python, compiler, npm, gpu, installation] = await Promise.all([
    firstLine('python3', ['--version']),
    firstLine('g++', ['--version']),
    firstLine('npm', ['--version']),
    firstLine('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader']),
    findInstallation(),
  ]);
  const data = existsSync(cacheFolder('data', 'cifar10'));
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return [
    {
      name: 'machine',
      ok: true,
      text: `${availableParallelism()} x ${cpus()[0]?.model}, ${memory}; Node ${process.versions.node}`,
    },
    found('wasm engine', true, 'always available: installed by npm'),
    found(
      'tensorflow engine',
      installation,
      installation ? `TensorFlow ${installation.tensorflow} (${installation.kind})` : 'run: glimpse engine install',
    ),
    found('gpu', gpu, gpu ?? 'no NVIDIA driver found: TensorFlow uses the CPU'),
    found('python3', python, python ?? 'engine install needs it (Debian: apt-get install python3-venv)'),
    found('g++', compiler, compiler ?? 'engine install needs it (Debian: apt-get install g++)'),
    found('npm', npm, npm ?? 'data cifar10 needs it'),
    found('cifar10', data, data ? cacheFolder('data', 'cifar10') : 'run: glimpse data cifar10'),
    { name: 'cache', ok: true, text: cacheFolder() },
  ];
}

function found(name: string, what: unknown, text: string): Finding {
  return { name, ok: Boolean(what), text };
}

async function firstLine(command: string, args: string[]): Promise<string | undefined> {
  try {
    return (await run(command, args)).stdout.split('\n')[0]!.trim();
  } catch {
    return undefined;
  }
}
