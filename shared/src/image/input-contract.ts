/**
 * The input contract: the input that a model expects. It is part of the release, so the trainer, the Worker and a web page
 * prepare images in the same way.
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
    /** `stretch`: the whole image, scaled independently in each direction. `cover`: the largest centered crop of the model's aspect ratio. */
    fit: z.enum(['stretch', 'cover']),
    /** Subtracted after division by 255, one number per channel. */
    mean: z.array(z.number()),
    /** Divisor after subtracting the mean, one positive number per channel. */
    standardDeviation: z.array(z.number().check(z.positive())),
  })
  .check(
    z.refine((c) => c.mean.length === c.channels && c.standardDeviation.length === c.channels, {
      message: 'mean and standardDeviation need one number per channel',
    }),
  );

export type InputContract = z.infer<typeof inputContractSchema>;

/** The contract of a network whose input is pixels divided by 255, as in tutorials. */
export function unnormalized(target: Pick<InputContract, 'height' | 'width' | 'channels' | 'fit'>): InputContract {
  const { height, width, channels, fit } = target;
  const each = (value: number) => Array<number>(channels).fill(value);
  return { height, width, channels, fit, mean: each(0), standardDeviation: each(1) };
}

/** Bytes of one image at the input size of the model: height x width x channels, row by row, channels innermost. */
export function pixelCount(contract: InputContract): number {
  return contract.height * contract.width * contract.channels;
}
