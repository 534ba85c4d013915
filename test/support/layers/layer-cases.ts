/**
 * Networks that together use every kind of layer, with every option that may select another kernel. Tests run them in
 * workerd on both backends, to prove the kernel lists complete, and in Node with all of tfjs, for reference numbers.
 */

import type { ClassName, LayerInput } from '@glimpse/shared/model/layers/table';
import type { Activation, Shape } from '@glimpse/shared/model/network/layer';

export interface LayerCase {
  readonly inputShape: Shape;
  readonly layers: readonly LayerInput[];
}

const activations: readonly Activation[] = ['linear', 'relu', 'softmax', 'sigmoid'];
const image: Shape = [6, 6, 2];
const images: readonly Shape[] = [image, [5, 3, 2], [1, 1, 4]];

const windows: readonly { kernelSize: number | [number, number]; padding: 'valid' | 'same'; strides?: number }[] = [
  { kernelSize: 3, padding: 'valid' },
  { kernelSize: [3, 2], padding: 'same', strides: 2 },
  { kernelSize: 1, padding: 'same', strides: 3 },
];

/** Larger than a window of 2 x 3 in one dimension or in both. */
const wideStrides: readonly [number, number][] = [
  [3, 1],
  [1, 4],
  [5, 5],
];

/** A kind of layer without a case does not compile. */
const casesByKind: Record<ClassName, readonly LayerCase[]> = {
  Activation: activations.flatMap((activation) => [
    { inputShape: [8], layers: [{ className: 'Activation', config: { activation } }] },
    { inputShape: image, layers: [{ className: 'Activation', config: { activation } }] },
  ]),
  Add: [
    {
      inputShape: image,
      layers: [
        { className: 'Conv2D', config: { name: 'a', filters: 2, kernelSize: 1 } },
        { className: 'Conv2D', config: { name: 'b', filters: 2, kernelSize: 3, padding: 'same' } },
        { className: 'Add', inputs: ['input', 'a', 'b'] },
        { className: 'Activation', config: { activation: 'relu' } },
      ],
    },
    {
      inputShape: [8],
      layers: [
        { className: 'Dense', config: { units: 8 } },
        { className: 'Add', inputs: ['dense', 'input'] },
      ],
    },
  ],
  // After a layer that it is folded into, and alone; with and without an activation after it.
  BatchNormalization: [true, false].flatMap((center) =>
    [true, false].flatMap((scale): LayerCase[] => {
      // The test weights contain variances down to -1.
      const normalization: LayerInput = { className: 'BatchNormalization', config: { center, scale, epsilon: 2 } };
      const relu: LayerInput = { className: 'Activation', config: { activation: 'relu' } };
      return [
        { inputShape: image, layers: [normalization] },
        { inputShape: image, layers: [normalization, relu] },
        { inputShape: [8], layers: [normalization] },
        { inputShape: [8], layers: [{ className: 'Dense', config: { units: 5, useBias: scale } }, normalization] },
        {
          inputShape: image,
          layers: [
            { className: 'Conv2D', config: { filters: 3, kernelSize: 3, useBias: center } },
            normalization,
            relu,
          ],
        },
      ];
    }),
  ),
  Conv2D: activations.flatMap((activation) => [
    ...wideStrides.map(
      (strides): LayerCase => ({
        inputShape: image,
        layers: [
          {
            className: 'Conv2D',
            config: { filters: 3, kernelSize: [2, 3], strides, padding: 'same', activation },
          },
        ],
      }),
    ),
    ...(['valid', 'same'] as const).flatMap((padding): LayerCase[] => [
      {
        inputShape: image,
        layers: [{ className: 'Conv2D', config: { filters: 3, kernelSize: 3, activation, padding } }],
      },
      {
        inputShape: image,
        layers: [
          {
            className: 'Conv2D',
            config: { filters: 4, kernelSize: 1, strides: 2, activation, padding, useBias: false },
          },
        ],
      },
    ]),
  ]),
  Dense: activations.flatMap((activation) =>
    [true, false].map((useBias) => ({
      inputShape: [8],
      layers: [{ className: 'Dense', config: { units: 5, activation, useBias } }],
    })),
  ),
  DepthwiseConv2D: activations.flatMap((activation) => [
    ...windows.map(
      (window): LayerCase => ({
        inputShape: image,
        layers: [{ className: 'DepthwiseConv2D', config: { ...window, activation, depthMultiplier: 2 } }],
      }),
    ),
    {
      inputShape: image,
      layers: [{ className: 'DepthwiseConv2D', config: { kernelSize: 3, activation, useBias: false } }],
    },
  ]),
  // Alone, so that the network is not empty once it is dropped.
  Dropout: [
    {
      inputShape: [8],
      layers: [
        { className: 'Dropout', config: { rate: 0.5 } },
        { className: 'Dense', config: { units: 3 } },
      ],
    },
  ],
  Flatten: [{ inputShape: image, layers: [{ className: 'Flatten' }] }],
  GlobalAveragePooling2D: images.map((inputShape) => ({
    inputShape,
    layers: [{ className: 'GlobalAveragePooling2D' }],
  })),
  GlobalMaxPooling2D: images.map((inputShape) => ({ inputShape, layers: [{ className: 'GlobalMaxPooling2D' }] })),
  MaxPooling2D: [
    { inputShape: image, layers: [{ className: 'MaxPooling2D' }] },
    { inputShape: image, layers: [{ className: 'MaxPooling2D', config: { poolSize: 1 } }] },
    {
      inputShape: image,
      layers: [{ className: 'MaxPooling2D', config: { poolSize: 3, strides: 2, padding: 'same' } }],
    },
    ...wideStrides.map(
      (strides): LayerCase => ({
        inputShape: image,
        layers: [{ className: 'MaxPooling2D', config: { poolSize: [2, 3], strides, padding: 'same' } }],
      }),
    ),
  ],
  SeparableConv2D: activations.flatMap((activation) =>
    windows.flatMap((window) =>
      [true, false].map(
        (useBias): LayerCase => ({
          inputShape: image,
          layers: [{ className: 'SeparableConv2D', config: { ...window, filters: 3, activation, useBias } }],
        }),
      ),
    ),
  ),
  ZeroPadding2D: [
    {
      inputShape: image,
      layers: [
        {
          className: 'ZeroPadding2D',
          config: {
            padding: [
              [1, 0],
              [2, 3],
            ],
          },
        },
      ],
    },
    {
      inputShape: image,
      layers: [
        { className: 'ZeroPadding2D' },
        { className: 'Conv2D', config: { filters: 3, kernelSize: 3, strides: 2 } },
      ],
    },
  ],
};

export const layerCases: readonly LayerCase[] = Object.values(casesByKind).flat();
