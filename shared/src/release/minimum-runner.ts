/** The runner version that a network needs. An older Worker refuses the release and keeps serving the last good one. */

import type { ClassName } from '../model/layers/table.ts';
import type { Architecture } from '../model/network/architecture.ts';

/** Runner 1 supports plain chains of these layers; everything else needs runner 2. */
const RUNNER_1_LAYERS: ReadonlySet<ClassName> = new Set([
  'Activation',
  'Conv2D',
  'Dense',
  'Dropout',
  'Flatten',
  'MaxPooling2D',
]);

export function minimumRunner({ layers }: Pick<Architecture, 'layers'>): 1 | 2 {
  return layers.every(({ className, inputs }) => RUNNER_1_LAYERS.has(className) && !inputs) ? 1 : 2;
}
