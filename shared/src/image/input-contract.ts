/**
 * The input contract: what a model eats. It travels inside the release, so the trainer, the Worker and a web page
 * prepare an image in the same way.
 */
import * as z from 'zod/mini';

const side = z.int().check(z.gte(8), z.lte(512));

export const inputContractSchema = z
  .object({
    /** Rows of the model's input. */
    height: side,
    /** Columns of the model's input. */
    width: side,
    /** 3 for RGB, 1 for gray (ITU-R BT.601 luma of the 8-bit sRGB values). */
    channels: z.union([z.literal(1), z.literal(3)]),
    /** `stretch`: the whole image, its sides scaled apart. `cover`: the largest centered part of the model's shape. */
    fit: z.enum(['stretch', 'cover']),
    /** Subtracted after division by 255, one number a channel. */
    mean: z.array(z.number()),
    /** Divisor after the mean was subtracted, one number a channel, above 0. */
    standardDeviation: z.array(z.number().check(z.positive())),
  })
  .check(
    z.refine((c) => c.mean.length === c.channels && c.standardDeviation.length === c.channels, {
      message: 'mean and standardDeviation need one number a channel',
    }),
  );

export type InputContract = z.infer<typeof inputContractSchema>;

/** The contract of a network that takes pixels divided by 255 and no more, as tutorials have it. */
export function unnormalized(target: Pick<InputContract, 'height' | 'width' | 'channels' | 'fit'>): InputContract {
  const { height, width, channels, fit } = target;
  const each = (value: number) => Array<number>(channels).fill(value);
  return { height, width, channels, fit, mean: each(0), standardDeviation: each(1) };
}

/** Bytes of one image in the model's own size: height x width x channels, row by row, channels innermost. */
export function pixelCount(contract: InputContract): number {
  return contract.height * contract.width * contract.channels;
}
