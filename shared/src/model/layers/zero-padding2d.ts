/** Rows and columns of zeros around an image. Keras: `ZeroPadding2D`. */
import { pad, type Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { channelsLast, imageShape, type LayerKind, layerName } from '../network/layer.ts';

const amount = z.int().check(z.gte(0));
const pair = z.tuple([amount, amount]);

const config = z.object({
  name: layerName,
  /** [[top, bottom], [left, right]]. Keras takes one number for all four, or [rows, columns] for both sides of each. */
  padding: z._default(
    z.pipe(
      z.union([amount, pair, z.tuple([pair, pair])]),
      z.transform((padding): [[number, number], [number, number]] => {
        const [rows, columns] = typeof padding === 'number' ? [padding, padding] : padding;
        return [both(rows), both(columns)];
      }),
    ),
    [
      [1, 1],
      [1, 1],
    ],
  ),
  dataFormat: channelsLast,
});

function both(side: number | [number, number]): [number, number] {
  return typeof side === 'number' ? [side, side] : side;
}

export const zeroPadding2d: LayerKind<typeof config> = {
  className: 'ZeroPadding2D',
  config,
  outputShape(c, [input]) {
    const [height, width, channels] = imageShape(c.name, input!);
    const [[top, bottom], [left, right]] = c.padding;
    return [height + top + bottom, width + left + right, channels];
  },
  weights: () => [],
  multiplyAdds: () => 0,
  apply: (c, [x]) => pad(x as Tensor4D, [[0, 0], ...c.padding, [0, 0]]),
};
