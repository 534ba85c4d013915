/** What a run runs on. */
import { availableParallelism, cpus, platform, release } from 'node:os';
import { codeRevision } from './revision.ts';
import type { Environment } from './run-folder.ts';

/** @param engine that trains, or of an imported model the one that did */
export async function describeEnvironment(engine: Environment['engine']): Promise<Environment> {
  return {
    engine,
    platform: `${platform()} ${release()}, ${availableParallelism()} x ${cpus()[0]?.model}`,
    revision: await codeRevision(),
  };
}
