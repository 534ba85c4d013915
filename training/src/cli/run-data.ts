/** The data that a run was trained on, for the verbs that measure a run again. */
import { type OpenedData, reopenData } from '../data/open-data.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { dataProgress } from './data-options.ts';
import type { Output } from './output.ts';

/** @throws {TrainingError} `data-changed` when the data are no longer what the run was trained on */
export async function dataOfRun(run: RunFolder, output: Output): Promise<OpenedData> {
  const progress = dataProgress(output);
  return reopenData(run.config.data, progress).finally(progress.stop);
}
