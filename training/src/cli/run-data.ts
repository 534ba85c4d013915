/** The data that a run was trained on, for the verbs that measure a run again. */
import { type DataSet, fingerprint } from '../data/data-set.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { TrainingError } from '../training-error.ts';
import { dataSets } from './data.ts';
import type { Output } from './output.ts';

/** @throws {TrainingError} `run-invalid` when the data is no longer what the run was trained on */
export async function dataOfRun(run: RunFolder, output: Output): Promise<DataSet> {
  const { name, fingerprint: wanted } = run.config.data;
  const load = dataSets[name];
  if (!load) {
    throw new TrainingError(
      'run-invalid',
      `The run ${run.path} was trained on "${name}", which is none of ${Object.keys(dataSets).join(', ')}.`,
    );
  }
  const data = await load(output.note);
  if (fingerprint(data) !== wanted) {
    throw new TrainingError('run-invalid', `The run ${run.path} was trained on other data than ${name} is now.`);
  }
  return data;
}
