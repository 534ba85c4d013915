/** What plain networks with batch normalization are stacked of. */
import type { LayerInput } from '../layers/table.ts';

/** Convolution, normalization, ReLU. No bias: the normalization's beta takes its place. */
export function normalizedBlock(filters: number, normalization: { readonly momentum?: number } = {}): LayerInput[] {
  return [
    { className: 'Conv2D', config: { filters, kernelSize: 3, padding: 'same', useBias: false } },
    { className: 'BatchNormalization', config: normalization },
    { className: 'Activation', config: { activation: 'relu' } },
  ];
}

/** Half as many rows and columns. */
export const halve: LayerInput = { className: 'MaxPooling2D', config: { poolSize: 2 } };
