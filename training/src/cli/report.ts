/** `glimpse report RUN`: one HTML file that says how good the run is, and why. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { writeReport } from '../report/write-report.ts';
import { RunFolder } from '../run/run-folder.ts';
import { describeMetrics, measureBar, metricsOutput } from './measure.ts';
import { dataOfRun } from './open-data.ts';
import { outputOf } from './options.ts';

export function reportCommand(): Command {
  return new Command('report')
    .argument('<run>', 'a run folder')
    .option('--out <file>', 'the HTML file (default: report.html in the run folder)')
    .action(async (folder: string, options: { out?: string }, command: Command) => {
      const output = outputOf(command);
      const run = await RunFolder.open(folder);
      const { data } = await dataOfRun(run, output);
      let bar = measureBar(output, data.test.count);
      let measured = '';
      const { path, plots, content } = await writeReport(run, data, {
        ...(data.pathOf ? { pathOf: (index: number) => data.pathOf!('test', index) } : {}),
        ...(options.out ? { out: resolve(options.out) } : {}),
        onProgress(what, done, correct) {
          if (what !== measured) {
            bar.stop();
            output.note(`Classifying ${data.test.count} test images with ${what} weights`);
            bar = measureBar(output, data.test.count);
            measured = what;
          }
          bar.onProgress(done, correct);
        },
      });
      bar.stop();
      const { metrics, reliability, quantized } = content;
      output.event(
        'report',
        { path, plots, metrics: metricsOutput(metrics), ece: reliability.ece, quantized },
        [describeMetrics(metrics), `Report: ${path}`, ...plots.map((plot) => `Plot:   ${plot}`)].join('\n'),
      );
    });
}
