/** Runs the layer cases on the current tfjs backend. */
import { defineArchitecture, elements, inferShapes, weightName } from '@glimpse/shared/model/network/architecture';
import { Network } from '@glimpse/shared/model/network/network';
import { type LayerCase, layerCases } from './layer-cases.ts';

/** @returns the outputs of each case, for deterministic weights and inputs */
export function runLayerCases(): number[][] {
  return layerCases.map((layerCase) => runLayerCase(layerCase));
}

export function runLayerCase({ inputShape, layers }: LayerCase): number[] {
  const architecture = defineArchitecture('case', inputShape, layers);
  const weights = new Map(
    inferShapes(architecture).flatMap(({ layer, weights }) =>
      weights.map((weight) => [
        weightName(layer, weight),
        { shape: weight.shape, values: wave(elements(weight.shape), 0.7) },
      ]),
    ),
  );
  const network = new Network(architecture, weights);
  try {
    return [...network.predict(wave(2 * elements(inputShape), 1.3))];
  } finally {
    network.dispose();
  }
}

function wave(length: number, step: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, (_, index) => Math.sin(1 + index * step));
}
