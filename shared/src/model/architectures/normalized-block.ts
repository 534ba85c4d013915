/** Building blocks of plain networks with batch normalization. */
import type { LayerInput } from '../layers/table.ts';

/** Convolution, normalization, ReLU. No bias, because the normalization's beta replaces it. */
export function normalizedBlock(filters: number, normalization: { readonly momentum?: number } = {}): LayerInput[] {
  return [
    { className: 'Conv2D', config: { filters, kernelSize: 3, padding: 'same', useBias: false } },
    { className: 'BatchNormalization', config: normalization },
    { className: 'Activation', config: { activation: 'relu' } },
  ];
}

/** Halves the rows and columns. */
export const halve: LayerInput = { className: 'MaxPooling2D', config: { poolSize: 2 } };
