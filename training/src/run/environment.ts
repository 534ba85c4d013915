/** What a run runs on. */
import { availableParallelism, cpus, platform, release } from 'node:os';
import type { Engine } from '../engines/engine.ts';
import { codeRevision } from './revision.ts';
import type { Environment } from './run-folder.ts';

export async function describeEnvironment(engine: Engine): Promise<Environment> {
  return {
    engine: { ...engine, versions: { ...engine.versions } },
    platform: `${platform()} ${release()}, ${availableParallelism()} x ${cpus()[0]?.model}`,
    revision: await codeRevision(),
  };
}
