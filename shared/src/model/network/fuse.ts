/** Rewrites a network for inference into fewer layers that compute the same. */

import type { Layer } from '../layers/table.ts';
import type { Shape } from './layer.ts';
import type { WiredLayer } from './wiring.ts';

/** A layer at inference, with its weights in the order of its kind. */
export interface PlanStep extends WiredLayer {
  readonly weights: readonly PlanWeight[];
}

export interface PlanWeight {
  readonly shape: Shape;
  readonly values: Float32Array;
}

export interface Plan {
  readonly steps: readonly PlanStep[];
  /** Name of the layer whose output is the network's; INPUT where nothing is left to compute. */
  readonly output: string;
}

/** Drops what does nothing at inference: Dropout, and an activation that is none. */
export function dropIdentities(plan: Plan): Plan {
  return rewrite(plan, ({ layer }) => {
    const linear = layer.className === 'Activation' && layer.config.activation === 'linear';
    return layer.className === 'Dropout' || linear ? 'drop' : undefined;
  });
}

/**
 * Lets a layer that has kernels and no activation of its own take over the activation behind it, which the backend then
 * computes in the same pass.
 */
export function fuseActivations(plan: Plan): Plan {
  return absorb(plan, (before, { layer }) => {
    if (layer.className !== 'Activation' || !hasLinearKernel(before.layer)) return undefined;
    const { activation } = layer.config;
    return { ...before, layer: { ...before.layer, config: { ...before.layer.config, activation } } as Layer };
  });
}

export type LayerWithKernel = Extract<Layer, { config: { useBias: boolean } }>;

/** Whether it is a convolution or a dense layer that leaves its sums as they are. */
export function hasLinearKernel(layer: Layer): layer is LayerWithKernel {
  return 'useBias' in layer.config && layer.config.activation === 'linear';
}

/**
 * Merges a step into the one whose output it takes, where it is the only one that does.
 *
 * @param merge the step that computes what both did; undefined where they stay two
 */
export function absorb(plan: Plan, merge: (before: PlanStep, step: PlanStep) => PlanStep | undefined): Plan {
  const readers = new Map<string, number>([[plan.output, 1]]);
  for (const input of plan.steps.flatMap(({ inputs }) => inputs)) readers.set(input, (readers.get(input) ?? 0) + 1);
  return rewrite(plan, (step, before, taken) => {
    // Counted for the output that the step took before anything was merged: one that was merged may have had two readers.
    if (!before || readers.get(taken) !== 1) return undefined;
    return merge(before, step);
  });
}

/**
 * Goes through the steps in order.
 *
 * @param change `drop`: those behind take the step's input instead; a step: it takes the place of `before`, the one whose
 * output is the step's only input, and the step goes; undefined: the step stays. `taken` is that input's name in `plan`
 */
function rewrite(
  plan: Plan,
  change: (step: PlanStep, before: PlanStep | undefined, taken: string) => 'drop' | PlanStep | undefined,
): Plan {
  const steps = new Map<string, PlanStep>();
  const renamed = new Map<string, string>();
  const resolve = (name: string) => renamed.get(name) ?? name;
  for (const { inputs, ...rest } of plan.steps) {
    const step = { ...rest, inputs: inputs.map(resolve) };
    const before = step.inputs.length === 1 ? step.inputs[0]! : '';
    const changed = change(step, steps.get(before), inputs[0]!);
    if (changed === undefined) {
      steps.set(step.layer.config.name, step);
    } else {
      if (changed !== 'drop') steps.set(before, changed);
      renamed.set(step.layer.config.name, before);
    }
  }
  return { steps: [...steps.values()], output: resolve(plan.output) };
}
