/** `glimpse quantize RUN`: turns a run into a release. */
import { Command, Option } from 'commander';
import { quantizeRun } from '../quantize/quantize-run.ts';
import { type QuantizationType, quantizationTypes } from '../quantize/quantize-weights.ts';
import { RunFolder } from '../run/run-folder.ts';
import { describeMetrics, measureBar, metricsOutput } from './measure.ts';
import { dataOfRun } from './open-data.ts';
import { integer, outputOf, positiveNumber } from './options.ts';

interface QuantizeCommandOptions {
  readonly dtype: QuantizationType;
  readonly maxDrop: number;
  readonly shardBytes?: number;
}

export function quantizeCommand(): Command {
  return new Command('quantize')
    .argument('<run>', 'a run folder')
    .addOption(new Option('--dtype <type>', 'type of the stored kernels').choices(quantizationTypes).default('uint8'))
    .option('--max-drop <points>', 'maximum loss of accuracy, in percentage points', positiveNumber, 0.2)
    .option('--shard-bytes <n>', 'maximum size of a weight file in bytes (default: one file)', integer(1024, 2 ** 30))
    .action(async (folder: string, options: QuantizeCommandOptions, command: Command) => {
      const output = outputOf(command);
      const run = await RunFolder.open(folder);
      const { data } = await dataOfRun(run, output);
      let bar = measureBar(output, data.test.classes.length);
      let measured = 'float';
      const manifest = await quantizeRun(run, data, {
        ...options,
        model: data.name,
        onProgress(what, done, correct) {
          if (what !== measured) {
            bar.stop();
            bar = measureBar(output, data.test.classes.length);
            measured = what;
          }
          bar.onProgress(done, correct);
        },
      });
      bar.stop();
      const { float, quantized } = manifest.metrics;
      const size = manifest.files.reduce((sum, file) => sum + file.size, 0);
      const text = [
        `float32  ${describeMetrics(float)}`,
        `${options.dtype.padEnd(8)} ${describeMetrics(quantized)}`,
        `${manifest.version}: ${size.toLocaleString('en')} bytes → ${run.releasePath}`,
      ].join('\n');
      output.event(
        'release',
        {
          path: run.releasePath,
          version: manifest.version,
          size,
          metrics: { float: metricsOutput(float), quantized: metricsOutput(quantized) },
        },
        text,
      );
    });
}
