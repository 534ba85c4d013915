/** Data that a model shall be measured on, in the size that it eats. */
import type { InputContract } from '@glimpse/shared/image/input-contract';
import type { Command } from 'commander';
import { type OpenedData, openData } from '../data/open-data.ts';
import { TrainingError } from '../training-error.ts';
import { dataChoice, dataProgress } from './data-options.ts';
import type { Output } from './output.ts';

/** @throws {TrainingError} `data-invalid` where the images have another size, which those of a known data set may */
export async function dataOfInput(
  name: string,
  input: InputContract,
  command: Command,
  output: Output,
): Promise<OpenedData> {
  const { height, width, channels, fit } = input;
  const progress = dataProgress(output);
  const choice = { ...dataChoice(command, name), height, width, channels, fit };
  const opened = await openData(name, choice, progress).finally(progress.stop);
  const { shape } = opened.data;
  if (shape.join() === [height, width, channels].join()) return opened;
  throw new TrainingError(
    'data-invalid',
    `The model eats ${height}x${width}x${channels}; ${name} is ${shape.join('x')}.`,
  );
}
