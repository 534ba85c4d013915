/** Writes RUN/report.html and the plots. */
import { join } from 'node:path';
import type { DataSet } from '../data/data-set.ts';
import { writeAtomic } from '../files/atomic.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { TrainingError } from '../training-error.ts';
import { type GatherOptions, gatherContent, type ReportContent } from './content.ts';
import { reportPage } from './page.ts';
import { writePlots } from './plots.ts';

export interface ReportOptions extends GatherOptions {
  /** The report's file. Default: `report.html` in the run folder. */
  readonly out?: string;
}

/**
 * @param data the data set that the run was trained on
 * @throws {TrainingError} `run-invalid`, `run-unwritable`
 */
export async function writeReport(
  run: RunFolder,
  data: DataSet,
  options: ReportOptions = {},
): Promise<{ path: string; plots: string[]; content: ReportContent }> {
  const content = await gatherContent(run, data, options);
  const path = options.out ?? join(run.path, 'report.html');
  const page = await reportPage(content);
  try {
    await writeAtomic(path, page);
    return { path, plots: await writePlots(run, content.history), content };
  } catch (cause) {
    throw new TrainingError('run-unwritable', `Cannot write the report: ${(cause as Error).message}`, { cause });
  }
}
