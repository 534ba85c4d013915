/** `glimpse data NAME`: fetch, verify and cache a data set. */
import { Argument, Command } from 'commander';
import { loadCifar10 } from '../data/cifar10.ts';
import { type DataSet, fingerprint } from '../data/data-set.ts';
import type { Classes } from '../data/picture-set.ts';
import { outputOf } from './options.ts';

export const dataSets: Record<string, (onStep: (step: string) => void) => Promise<DataSet>> = { cifar10: loadCifar10 };

export function dataCommand(): Command {
  return new Command('data')
    .description('fetch a data set, verify it and keep it in the cache')
    .addArgument(new Argument('<name>', 'the data set').choices(Object.keys(dataSets)))
    .action(async (name: string, _, command: Command) => {
      const output = outputOf(command);
      const data = await dataSets[name]!(output.note);
      const shapes = {
        train: [data.train.classes.length, ...data.shape],
        test: [data.test.classes.length, ...data.shape],
      };
      const text = [
        `train (${shapes.train.join(', ')})  labels ${firstClasses(data.train.classes)} …`,
        `test  (${shapes.test.join(', ')})  labels ${firstClasses(data.test.classes)} …`,
        `classes ${data.labels.join(', ')}`,
      ].join('\n');
      output.event('data', { name, ...shapes, labels: data.labels, fingerprint: fingerprint(data) }, text);
    });
}

function firstClasses(classes: Classes): string {
  return classes.subarray(0, 12).join(' ');
}
