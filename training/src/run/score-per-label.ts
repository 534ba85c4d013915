/** The Worker needs a network with one output per label. Training also accepts one output for two classes. */
import { networkSize } from '@glimpse/shared/model/network/architecture';
import { TrainingError } from '../training-error.ts';
import type { RunConfig } from './run-folder.ts';

/** @throws {TrainingError} `run-invalid` for one output that stands for two classes */
export function assertScorePerLabel({ architecture, labels }: Pick<RunConfig, 'architecture' | 'labels'>): void {
  const { outputs } = networkSize(architecture);
  if (outputs === labels.length) return;
  throw new TrainingError(
    'run-invalid',
    `"${architecture.name}" has ${outputs} output${outputs === 1 ? '' : 's'} for the ${labels.length} classes ${labels.join(', ')}. ` +
      'A release needs one score per class. Train with a last layer of ' +
      `${labels.length} units (softmax with categoricalCrossentropy, or sigmoid with binaryCrossentropy).`,
  );
}
