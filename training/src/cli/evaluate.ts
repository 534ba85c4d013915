/** `glimpse evaluate RUN|RELEASE`: accuracy on the test set, with the Worker's runner. */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { answerOf, classMetrics, confusionOf } from '../evaluate/confusion.ts';
import { EVALUATION_STEP, evaluate } from '../evaluate/evaluate.ts';
import { openClassifier } from '../evaluate/open-classifier.ts';
import { addDataOptions } from './data-options.ts';
import { describeMetrics, measureBar, metricsOutput } from './measure.ts';
import { testData } from './open-data.ts';
import { outputOf } from './options.ts';

export function evaluateCommand(): Command {
  const evaluation = new Command('evaluate')
    .argument('<run|release>', 'a run folder, or a folder with a release.json')
    .option('--probabilities <file>', 'also write the probabilities: [images, classes], little-endian float32')
    .option('--data <name|folder|csv>', 'measure on the test split of this data instead')
    .action(async (folder: string, options: { probabilities?: string; data?: string }, command: Command) => {
      const output = outputOf(command);
      const opened = await openClassifier(folder);
      const { classifier, labels, description } = opened;
      const { data } = await testData(opened, options.data, command, output);
      const { test } = data;
      const bar = measureBar(output, test.classes.length);
      const { metrics, probabilities } = evaluate(classifier, test, labels.length, bar.onProgress);
      bar.stop();
      const recall = classMetrics(confusionOf(probabilities, test.classes, labels.length)).map((one) => one.recall);
      const steps = Math.ceil(test.count / EVALUATION_STEP);
      const lines = labels.map((label, index) => `  ${label.padEnd(12)} recall ${recall[index]!.toFixed(3)}`);
      const byLabel = Object.fromEntries(labels.map((label, index) => [label, recall[index]]));
      output.event(
        'evaluation',
        { ...metricsOutput(metrics), steps, recall: byLabel },
        [`${description}: ${steps}/${steps} steps of ${EVALUATION_STEP}, ${describeMetrics(metrics)}`, ...lines].join(
          '\n',
        ),
      );
      if (!options.probabilities) return;
      await writeFile(options.probabilities, new Uint8Array(probabilities.buffer));
      const shape = [test.count, labels.length];
      const first = Array.from({ length: Math.min(10, test.count) }, (_, index) =>
        answerOf(probabilities, index, labels.length),
      );
      output.event(
        'probabilities',
        { file: options.probabilities, shape, first },
        `Probabilities (${shape.join(', ')}) → ${options.probabilities}\n` +
          `The most probable of the first ${first.length}: ${first.join(' ')} (${first.map((index) => labels[index]).join(', ')})`,
      );
    });
  return addDataOptions(evaluation, 'input of the model');
}
