/**
 * Small, realistic image classifiers that together cover every kind of layer. Other tests compare the layers with Keras;
 * these networks are tested all the way to the Worker.
 */

import type { ClassName, LayerInput } from '@glimpse/shared/model/layers/table';
import type { Shape } from '@glimpse/shared/model/network/layer';
import { regularizers } from '@glimpse/shared/model/network/weight-spec';
import type { SettingsInput } from '@glimpse/training/fit/settings';

export interface TrainedNetwork {
  /** Lowercase letters, digits and hyphens. The model is published under this name. */
  readonly name: string;
  readonly inputShape: Shape;
  readonly layers: readonly LayerInput[];
  readonly classes: number;
  readonly settings?: SettingsInput;
}

const GRAY: Shape = [28, 28, 1];
const COLOR: Shape = [32, 32, 3];
/** The smallest input that a release supports. */
const TINY: Shape = [8, 8, 3];
const CLASSES = 3;

const network = (name: string, inputShape: Shape, layers: readonly LayerInput[]): TrainedNetwork => ({
  name,
  inputShape,
  layers: [...layers, { className: 'Dense', config: { name: 'scores', units: CLASSES, activation: 'softmax' } }],
  classes: CLASSES,
});

const convolution = (filters: number): LayerInput => ({
  className: 'Conv2D',
  config: { filters, kernelSize: 3, padding: 'same', activation: 'relu' },
});
const average: LayerInput = { className: 'GlobalAveragePooling2D' };
const flatten: LayerInput = { className: 'Flatten' };
const relu: LayerInput = { className: 'Activation', config: { activation: 'relu' } };
/** A lower momentum than Keras' default, so that a few steps change the moving statistics. */
const normalization = (options: { center?: boolean; scale?: boolean } = {}): LayerInput => ({
  className: 'BatchNormalization',
  config: { momentum: 0.5, ...options },
});

/** A kind of layer without an entry is a type error. */
export const networksByKind: Record<ClassName, readonly TrainedNetwork[]> = {
  Activation: [
    {
      name: 'activations',
      inputShape: TINY,
      layers: [
        { className: 'Conv2D', config: { filters: 6, kernelSize: 3 } },
        { className: 'Activation', config: { activation: 'sigmoid' } },
        { className: 'Conv2D', config: { filters: 6, kernelSize: 1 } },
        { className: 'Activation', config: { activation: 'softmax' } },
        { className: 'Activation', config: { activation: 'linear' } },
        flatten,
        { className: 'Dense', config: { units: CLASSES } },
        { className: 'Activation', config: { activation: 'softmax' } },
      ],
      classes: CLASSES,
    },
  ],
  Add: [
    network('residual', COLOR, [
      { className: 'Conv2D', config: { name: 'stem', filters: 8, kernelSize: 3, padding: 'same', useBias: false } },
      { className: 'BatchNormalization', config: { name: 'stem-bn', momentum: 0.5 } },
      { className: 'Activation', config: { name: 'stem-out', activation: 'relu' } },
      { className: 'Conv2D', config: { name: 'a', filters: 8, kernelSize: 3, padding: 'same', useBias: false } },
      { className: 'BatchNormalization', config: { name: 'a-bn', momentum: 0.5 } },
      { className: 'Activation', config: { name: 'a-out', activation: 'relu' } },
      { className: 'Conv2D', config: { name: 'b', filters: 8, kernelSize: 3, padding: 'same', useBias: false } },
      { className: 'BatchNormalization', config: { name: 'b-bn', momentum: 0.5 } },
      { className: 'Add', inputs: ['b-bn', 'stem-out'] },
      { className: 'Activation', config: { name: 'block', activation: 'relu' } },
      // A residual block that halves the image, with a matching shortcut.
      { className: 'Conv2D', config: { name: 'c', filters: 12, kernelSize: 3, strides: 2, padding: 'same' } },
      { className: 'Conv2D', config: { name: 'short', filters: 12, kernelSize: 1, strides: 2 }, inputs: ['block'] },
      { className: 'Add', inputs: ['c', 'short', 'c'] },
      average,
    ]),
    network('residual-dense', TINY, [
      flatten,
      { className: 'Dense', config: { name: 'a', units: 16, activation: 'relu' } },
      { className: 'Dense', config: { name: 'b', units: 16 } },
      { className: 'Add', inputs: ['a', 'b'] },
    ]),
  ],
  BatchNormalization: [
    network('normalized-first', COLOR, [normalization(), convolution(8), normalization({ scale: false }), average]),
    network('normalized-gray', GRAY, [
      { className: 'Conv2D', config: { filters: 8, kernelSize: 3, useBias: false } },
      normalization(),
      relu,
      { className: 'MaxPooling2D' },
      { className: 'DepthwiseConv2D', config: { kernelSize: 3 } },
      normalization({ center: false }),
      { className: 'SeparableConv2D', config: { filters: 8, kernelSize: 3 } },
      normalization(),
      average,
    ]),
    network('normalized-dense', TINY, [
      flatten,
      { className: 'Dense', config: { units: 16, useBias: false } },
      normalization(),
      relu,
      normalization({ center: false, scale: false }),
    ]),
  ],
  Conv2D: [
    network('convolutions', COLOR, [
      convolution(8),
      { className: 'Conv2D', config: { filters: 8, kernelSize: [3, 2], strides: 2, padding: 'same' } },
      { className: 'Conv2D', config: { filters: 8, kernelSize: 3, activation: 'sigmoid' } },
      { className: 'Conv2D', config: { filters: 8, kernelSize: 2, strides: [3, 1], padding: 'same' } },
      {
        className: 'Conv2D',
        config: { filters: 8, kernelSize: 1, useBias: false, kernelRegularizer: regularizers.l2() },
      },
      average,
    ]),
    network('convolutions-gray', GRAY, [
      { className: 'Conv2D', config: { filters: 8, kernelSize: 5, activation: 'relu' } },
      {
        className: 'Conv2D',
        config: { filters: 8, kernelSize: 3, strides: [2, 1], kernelRegularizer: regularizers.l1() },
      },
      flatten,
    ]),
  ],
  Dense: [
    network('dense-gray', GRAY, [
      flatten,
      { className: 'Dense', config: { units: 24, activation: 'relu', kernelRegularizer: regularizers.l1l2() } },
      { className: 'Dense', config: { units: 12, activation: 'sigmoid', useBias: false } },
      { className: 'Dense', config: { units: 12 } },
    ]),
  ],
  DepthwiseConv2D: [
    network('depthwise', COLOR, [
      { className: 'DepthwiseConv2D', config: { kernelSize: 3, depthMultiplier: 2, activation: 'relu' } },
      {
        className: 'DepthwiseConv2D',
        config: {
          kernelSize: [3, 2],
          strides: 2,
          padding: 'same',
          useBias: false,
          depthwiseRegularizer: regularizers.l2(),
        },
      },
      average,
    ]),
  ],
  Dropout: [
    network('dropout', TINY, [
      { className: 'Dropout', config: { rate: 0.25 } },
      convolution(8),
      { className: 'Dropout', config: { rate: 0.25 } },
      flatten,
      { className: 'Dropout', config: { rate: 0.5 } },
    ]),
  ],
  Flatten: [network('flatten', GRAY, [flatten])],
  GlobalAveragePooling2D: [network('average', GRAY, [convolution(8), average])],
  GlobalMaxPooling2D: [network('maximum', COLOR, [convolution(8), { className: 'GlobalMaxPooling2D' }])],
  MaxPooling2D: [
    network('pooling', COLOR, [
      convolution(8),
      { className: 'MaxPooling2D' },
      // With negative values, and windows that extend beyond the border.
      { className: 'Conv2D', config: { filters: 8, kernelSize: 3, padding: 'same' } },
      { className: 'MaxPooling2D', config: { poolSize: 3, strides: 2, padding: 'same' } },
      { className: 'MaxPooling2D', config: { poolSize: [1, 2], strides: [2, 1] } },
      flatten,
    ]),
  ],
  SeparableConv2D: [
    network('separable', COLOR, [
      { className: 'SeparableConv2D', config: { filters: 8, kernelSize: 3, depthMultiplier: 2, activation: 'relu' } },
      {
        className: 'SeparableConv2D',
        config: {
          filters: 8,
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          useBias: false,
          depthwiseRegularizer: regularizers.l1(),
          pointwiseRegularizer: regularizers.l2(),
        },
      },
      average,
    ]),
  ],
  ZeroPadding2D: [
    network('padding', GRAY, [
      {
        className: 'ZeroPadding2D',
        config: {
          padding: [
            [1, 0],
            [2, 3],
          ],
        },
      },
      { className: 'Conv2D', config: { filters: 8, kernelSize: 3, strides: 2, activation: 'relu' } },
      { className: 'ZeroPadding2D' },
      { className: 'Conv2D', config: { filters: 8, kernelSize: 3 } },
      average,
    ]),
  ],
};

type SideModel = 'plain' | 'normalized' | 'l1' | 'l2';

/** The tutorial's side models for images: Dense 64-32, then sigmoid. */
export function sideModel(kind: SideModel, units: number): TrainedNetwork {
  return {
    name: `side-${kind}`,
    inputShape: TINY,
    layers: [
      flatten,
      ...hidden(kind, 64),
      ...hidden(kind, 32),
      { className: 'Dense', config: { name: 'scores', units, activation: 'sigmoid' } },
    ],
    classes: 2,
    settings: { loss: 'binaryCrossentropy' },
  };
}

function hidden(kind: SideModel, units: number): LayerInput[] {
  if (kind === 'normalized') return [{ className: 'Dense', config: { units, useBias: false } }, normalization(), relu];
  const penalty = kind === 'plain' ? {} : { kernelRegularizer: regularizers[kind]() };
  return [{ className: 'Dense', config: { units, activation: 'relu', ...penalty } }];
}

export const networks: readonly TrainedNetwork[] = [
  ...Object.values(networksByKind).flat(),
  ...(['plain', 'normalized', 'l1', 'l2'] as const).map((kind) => sideModel(kind, 2)),
];
