/** `glimpse evaluate RUN|RELEASE`: accuracy on the test set, by the Worker's runner. */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { type DataProgress, type OpenedData, openData, reopenData } from '../data/open-data.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { TrainingError } from '../training-error.ts';
import { type OpenedClassifier, openClassifier } from './classifier.ts';
import { addDataOptions, dataChoice, dataProgress } from './data-options.ts';
import { describeMetrics, measureBar } from './measure.ts';
import { outputOf } from './options.ts';

export function evaluateCommand(): Command {
  const evaluation = new Command('evaluate')
    .description('measure a run or a release on its test set, through the runner that the Worker uses')
    .argument('<run|release>', 'a run folder, or a folder with a release.json')
    .option('--probabilities <file>', 'also write [pictures, classes] as little-endian float32')
    .option('--data <name|folder|csv>', 'measure on the test part of these data instead')
    .action(async (folder: string, options: { probabilities?: string; data?: string }, command: Command) => {
      const output = outputOf(command);
      const opened = await openClassifier(folder);
      const { classifier, labels, description } = opened;
      const progress = dataProgress(output);
      const { data } = await testData(opened, options.data, command, progress).finally(progress.stop);
      const { test } = data;
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
  return addDataOptions(evaluation, 'input of the model');
}

/** The data that it was trained on, or those that were named, in the size that it eats. */
export async function testData(
  { data, input, labels }: Pick<OpenedClassifier, 'data' | 'input' | 'labels'>,
  named: string | undefined,
  command: Command,
  progress: DataProgress,
): Promise<OpenedData> {
  if (named === undefined) return reopenData(data, progress);
  const { height, width, channels, fit } = input;
  const opened = await openData(named, { ...dataChoice(command, named), height, width, channels, fit }, progress);
  const { data: other } = opened;
  if (other.labels.join('\n') !== labels.join('\n')) {
    throw new TrainingError(
      'data-invalid',
      `The model knows ${labels.join(', ')}; ${named} holds ${other.labels.join(', ')}. It can only be measured on its own classes, in their order.`,
    );
  }
  if (other.shape.join() !== [height, width, channels].join()) {
    throw new TrainingError(
      'data-invalid',
      `The model eats ${height}x${width}x${channels}; ${named} is ${other.shape.join('x')}.`,
    );
  }
  return opened;
}
