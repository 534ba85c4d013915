/** The provenance of results. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import type { Results } from './results.ts';

/** The load shows other programs, so it must be read before the benchmark starts. */
export function describeMachine(): Results['machine'] {
  return {
    processor: cpus()[0]!.model,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    load: loadavg()[0]!,
  };
}

/** The versions of the compared packages and of what they run on. */
export async function readVersions(): Promise<Record<string, string>> {
  const { resolve } = createRequire(import.meta.url);
  const versions: Record<string, string> = { Node: process.versions.node };
  for (const name of ['workerd', 'wrangler', '@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', 'onnxruntime-web']) {
    const folder = resolve(name).split(`node_modules/${name}/`)[0]!;
    versions[name] = JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
  }
  return versions;
}
