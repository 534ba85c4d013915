/** Which runner a network needs: a Worker that is older than a layer says so, and keeps what it serves. */

import type { ClassName } from '../model/layers/table.ts';
import type { Architecture } from '../model/network/architecture.ts';

/** What the first runner knew: plain chains of these. All else came with the second. */
const OF_THE_FIRST: ReadonlySet<ClassName> = new Set([
  'Activation',
  'Conv2D',
  'Dense',
  'Dropout',
  'Flatten',
  'MaxPooling2D',
]);

export function minimumRunner({ layers }: Pick<Architecture, 'layers'>): 1 | 2 {
  return layers.every(({ className, inputs }) => OF_THE_FIRST.has(className) && !inputs) ? 1 : 2;
}
