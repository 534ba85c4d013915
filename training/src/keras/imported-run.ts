/** Stores an imported model as a run folder, so that every verb works on it. */
import { firstCheckpoint } from '../fit/checkpoint.ts';
import { emptyHistory } from '../fit/history.ts';
import { describeEnvironment } from '../run/environment.ts';
import { type ImportedFile, type RunConfig, RunFolder } from '../run/run-folder.ts';
import type { ImportedModel } from './import-model.ts';

export interface ImportedRun {
  readonly config: RunConfig;
  readonly weights: ImportedModel['weights'];
  readonly from: ImportedFile;
  readonly kerasVersion: string;
}

/** Records the file that the model was imported from, with its hash. */
export async function createImportedRun(
  parent: string,
  { config, weights, from, kerasVersion }: ImportedRun,
): Promise<RunFolder> {
  const versions = { keras: kerasVersion };
  const engine = { name: 'keras', device: 'unknown', deviceName: 'unknown', threads: 0, versions } as const;
  const run = await RunFolder.create(parent, config, {
    environment: { ...(await describeEnvironment(engine)), imported: from },
    checkpoint: firstCheckpoint(weights),
  });
  await run.writeHistory(emptyHistory);
  const reason = `Imported from ${from.file} (Keras ${kerasVersion}, SHA-256 ${from.sha256})`;
  await run.log(reason);
  await run.writeOutcome({ status: 'finished', endedAt: new Date().toISOString(), reason });
  return run;
}
