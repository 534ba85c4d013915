/** The input contract of an imported model: the normalization that its training pipeline applied to pixels. */

import { type InputContract, inputContractSchema } from '@glimpse/shared/image/input-contract';
import type { Shape } from '@glimpse/shared/model/network/layer';
import * as z from 'zod/mini';
import { TrainingError } from '../training-error.ts';
import type { Rescaling } from './model-config.ts';

export interface Normalization {
  /** Of pixels divided by 255. One number, or one per channel. */
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
}

/** A smaller scale (1/255, 1/127.5) applies to pixels of 0-255; a larger one to pixels divided by 255. */
const PIXEL_SCALE = 0.05;

/**
 * @param shape of the model's input
 * @param rescaling at the start of the model, which becomes part of the contract
 * @param given by the user; by default, the input is pixels divided by 255
 * @throws {TrainingError} `keras-model-unsupported` if the input is not an image, a scale is negative, or both a
 * rescaling and `given` are present
 */
export function inputOfPixels(
  shape: Shape,
  rescaling: Rescaling | undefined,
  given: Partial<Normalization>,
): InputContract {
  const refuse = (reason: string) => new TrainingError('keras-model-unsupported', reason);
  if (rescaling && (given.mean || given.standardDeviation)) {
    throw refuse('The model already rescales its input (Rescaling). Omit --mean and --std.');
  }
  const [height, width, channels] = shape;
  const each = (values: readonly number[]) =>
    values.length === 1 ? Array(channels ?? 1).fill(values[0]) : [...values];
  const { mean, standardDeviation } = rescaling
    ? normalizationOf(rescaling)
    : { mean: [0], standardDeviation: [1], ...given };
  const contract = {
    height,
    width,
    channels,
    fit: 'stretch',
    mean: each(mean),
    standardDeviation: each(standardDeviation),
  };
  const result = inputContractSchema.safeParse(contract);
  if (shape.length !== 3 || !result.success) {
    const reason = result.success ? '' : ` ${z.prettifyError(result.error)}`;
    throw refuse(`The model's input [${shape}] is not a supported image.${reason}`);
  }
  return result.data;
}

/** x = p * scale + offset = (p / 255 - mean) / standard deviation, for pixels p of 0-255. */
function normalizationOf({ scale, offset }: Rescaling): Normalization {
  const range = scale.every((value) => Math.abs(value) < PIXEL_SCALE) ? 255 : 1;
  const standardDeviation = scale.map((value) => 1 / (range * value));
  const longer = Math.max(scale.length, offset.length);
  const at = (values: readonly number[], channel: number) => values[values.length === 1 ? 0 : channel] ?? Number.NaN;
  const mean = Array.from({ length: longer }, (_, i) => 0 - at(offset, i) * at(standardDeviation, i));
  return { mean, standardDeviation };
}
