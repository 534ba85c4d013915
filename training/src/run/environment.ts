/** The machine, engine and code revision of a run. */
import { availableParallelism, cpus, platform, release } from 'node:os';
import { codeRevision } from './revision.ts';
import type { Environment } from './run-folder.ts';

/** @param engine that trains, or that trained an imported model */
export async function describeEnvironment(engine: Environment['engine']): Promise<Environment> {
  return {
    engine,
    platform: `${platform()} ${release()}, ${availableParallelism()} x ${cpus()[0]?.model}`,
    revision: await codeRevision(),
  };
}
