/** `glimpse evaluate RUN|RELEASE`: accuracy on the test set, by the Worker's runner. */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { evaluate } from '../evaluate/evaluate.ts';
import { openClassifier } from './classifier.ts';
import { dataSets } from './data.ts';
import { describeMetrics, measureBar } from './measure.ts';
import { outputOf } from './options.ts';

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('measure a run or a release on its test set, through the runner that the Worker uses')
    .argument('<run|release>', 'a run folder, or a folder with a release.json')
    .option('--probabilities <file>', 'also write [pictures, classes] as little-endian float32')
    .action(async (folder: string, options: { probabilities?: string }, command: Command) => {
      const output = outputOf(command);
      const { classifier, labels, data, description } = await openClassifier(folder);
      const { test } = await dataSets[data]!(output.note);
      const bar = measureBar(output, test.classes.length);
      const { metrics, probabilities, recall } = evaluate(classifier, test, labels.length, bar.onProgress);
      bar.stop();
      if (options.probabilities) await writeFile(options.probabilities, new Uint8Array(probabilities.buffer));
      const lines = labels.map((label, index) => `  ${label.padEnd(12)} recall ${recall[index]!.toFixed(3)}`);
      const byLabel = Object.fromEntries(labels.map((label, index) => [label, recall[index]]));
      output.event(
        'evaluation',
        { ...metrics, recall: byLabel },
        [`${description}: ${describeMetrics(metrics)}`, ...lines].join('\n'),
      );
    });
}
