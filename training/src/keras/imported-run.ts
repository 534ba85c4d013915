/** An imported model as a run folder, so that every verb works on it. */
import { availableParallelism, cpus, platform, release } from 'node:os';
import { saveCheckpoint } from '../fit/checkpoint.ts';
import { emptyHistory } from '../fit/history.ts';
import { noSums } from '../fit/metrics.ts';
import { codeRevision } from '../run/revision.ts';
import { type ImportedFile, type RunConfig, RunFolder } from '../run/run-folder.ts';
import type { ImportedModel } from './import-model.ts';

export interface ImportedRun {
  readonly config: RunConfig;
  readonly weights: ImportedModel['weights'];
  readonly from: ImportedFile;
  readonly kerasVersion: string;
}

/** @returns the folder, which says that the model was imported, from which file and bytes */
export async function createImportedRun(
  parent: string,
  { config, weights, from, kerasVersion }: ImportedRun,
): Promise<RunFolder> {
  const run = await RunFolder.create(parent, config);
  const position = { epoch: 0, step: 0, sums: noSums };
  await saveCheckpoint(run.checkpointsPath, { position, history: emptyHistory, weights, slots: new Map() });
  await run.writeHistory(emptyHistory);
  await run.writeEnvironment({
    engine: {
      name: 'keras',
      device: 'unknown',
      deviceName: 'unknown',
      threads: 0,
      versions: { keras: kerasVersion },
    },
    platform: `${platform()} ${release()}, ${availableParallelism()} x ${cpus()[0]?.model}`,
    revision: await codeRevision(),
    imported: from,
  });
  const reason = `Imported from ${from.file} (Keras ${kerasVersion}, SHA-256 ${from.sha256})`;
  await run.log(reason);
  await run.writeOutcome({ status: 'finished', endedAt: new Date().toISOString(), reason });
  return run;
}
