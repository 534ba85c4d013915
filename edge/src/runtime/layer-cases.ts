/**
 * Networks that together use every kind of layer, with every option that may take another kernel. The kernel lists are
 * held against them: in workerd on both backends, and in Node, where the whole of tfjs is there, for the right numbers.
 */
import type { Activation, Shape } from '@glimpse/shared/network/layer';
import type { ClassName, LayerInput } from '@glimpse/shared/network/layers/table';

export interface LayerCase {
  readonly inputShape: Shape;
  readonly layers: readonly LayerInput[];
}

const activations: readonly Activation[] = ['linear', 'relu', 'softmax', 'sigmoid'];
const picture: Shape = [6, 6, 2];

/** A kind of layer that is not in here does not compile. */
const casesByKind: Record<ClassName, readonly LayerCase[]> = {
  Activation: activations.flatMap((activation) => [
    { inputShape: [8], layers: [{ className: 'Activation', config: { activation } }] },
    { inputShape: picture, layers: [{ className: 'Activation', config: { activation } }] },
  ]),
  Conv2D: activations.flatMap((activation) =>
    (['valid', 'same'] as const).flatMap((padding) => [
      {
        inputShape: picture,
        layers: [{ className: 'Conv2D', config: { filters: 3, kernelSize: 3, activation, padding } }],
      },
      {
        inputShape: picture,
        layers: [
          {
            className: 'Conv2D',
            config: { filters: 4, kernelSize: 1, strides: 2, activation, padding, useBias: false },
          },
        ],
      },
    ]),
  ),
  Dense: activations.flatMap((activation) =>
    [true, false].map((useBias) => ({
      inputShape: [8],
      layers: [{ className: 'Dense', config: { units: 5, activation, useBias } }],
    })),
  ),
  // Alone, so that it is not dropped with nothing left to run.
  Dropout: [
    {
      inputShape: [8],
      layers: [
        { className: 'Dropout', config: { rate: 0.5 } },
        { className: 'Dense', config: { units: 3 } },
      ],
    },
  ],
  Flatten: [{ inputShape: picture, layers: [{ className: 'Flatten' }] }],
  MaxPooling2D: [
    { inputShape: picture, layers: [{ className: 'MaxPooling2D' }] },
    { inputShape: picture, layers: [{ className: 'MaxPooling2D', config: { poolSize: 1 } }] },
    {
      inputShape: picture,
      layers: [{ className: 'MaxPooling2D', config: { poolSize: 3, strides: 2, padding: 'same' } }],
    },
  ],
};

export const layerCases: readonly LayerCase[] = Object.values(casesByKind).flat();
