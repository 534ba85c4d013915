/** The input contract of an imported model: what its own pipeline did to an image's pixels before the first layer. */

import { type InputContract, inputContractSchema } from '@glimpse/shared/image/input-contract';
import type { Shape } from '@glimpse/shared/model/network/layer';
import * as z from 'zod/mini';
import { TrainingError } from '../training-error.ts';
import type { Rescaling } from './model-config.ts';

export interface Normalization {
  /** After /255; one number, or one a channel. */
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
}

/** A Rescaling by less than this is one of pixels 0-255 (by 1/255, 1/127.5); any other is one of pixels divided by 255. */
const PIXEL_SCALE = 0.05;

/**
 * @param shape of the model's input
 * @param rescaling that stood in front of the model; what it did becomes part of the contract, once
 * @param given by the user; without it and without a rescaling the model takes pixels divided by 255
 * @throws {TrainingError} `keras-model-unsupported` for an input that is no image, a rescaling that turns the scale
 * around, or both a rescaling and `given`
 */
export function inputOfPixels(
  shape: Shape,
  rescaling: Rescaling | undefined,
  given: Partial<Normalization>,
): InputContract {
  const refuse = (reason: string) => new TrainingError('keras-model-unsupported', reason);
  if (rescaling && (given.mean || given.standardDeviation)) {
    throw refuse('The model rescales its input itself (Rescaling), and that is kept: leave out --mean and --std.');
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
    throw refuse(`The model's input [${shape}] is no image that is served.${reason}`);
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
