/** Rewrites a network for inference into fewer layers with the same result. */

import type { Layer } from '../layers/table.ts';
import type { Shape } from './layer.ts';
import type { WiredLayer } from './wiring.ts';

/** A layer at inference, with its weights in its kind's order. */
export interface PlanStep extends WiredLayer {
  readonly weights: readonly PlanWeight[];
}

export interface PlanWeight {
  readonly shape: Shape;
  readonly values: Float32Array;
}

export interface Plan {
  readonly steps: readonly PlanStep[];
  /** Name of the layer whose output is the network's; INPUT if nothing is left to compute. */
  readonly output: string;
}

/** Removes layers that do nothing at inference: Dropout and linear activations. */
export function dropIdentities(plan: Plan): Plan {
  return rewrite(plan, ({ layer }) => {
    const linear = layer.className === 'Activation' && layer.config.activation === 'linear';
    return layer.className === 'Dropout' || linear ? 'drop' : undefined;
  });
}

/**
 * Fuses an activation into the convolution or dense layer before it, so that the backend computes both in one pass.
 */
export function fuseActivations(plan: Plan): Plan {
  return absorb(plan, (before, { layer }) => {
    if (layer.className !== 'Activation' || !hasLinearKernel(before.layer)) return undefined;
    const { activation } = layer.config;
    return { ...before, layer: { ...before.layer, config: { ...before.layer.config, activation } } as Layer };
  });
}

export type LayerWithKernel = Extract<Layer, { config: { useBias: boolean } }>;

/** Whether it is a convolution or a dense layer without activation. */
export function hasLinearKernel(layer: Layer): layer is LayerWithKernel {
  return 'useBias' in layer.config && layer.config.activation === 'linear';
}

/**
 * Merges steps into the step before them, if they are the only reader of its output.
 *
 * @param merge returns the step that replaces both, or undefined to keep them
 */
export function absorb(plan: Plan, merge: (before: PlanStep, step: PlanStep) => PlanStep | undefined): Plan {
  const readers = new Map<string, number>([[plan.output, 1]]);
  for (const input of plan.steps.flatMap(({ inputs }) => inputs)) readers.set(input, (readers.get(input) ?? 0) + 1);
  return rewrite(plan, (step, before, input) => {
    // Counts the readers of the original input: a step that was merged may have had two.
    if (!before || readers.get(input) !== 1) return undefined;
    return merge(before, step);
  });
}

/**
 * Visits the steps in order.
 *
 * @param change returns `drop` to remove the step, so that its readers read its input instead; a step to replace both
 * `before`, whose output is the step's only input, and the step; or undefined to keep the step. `input` is the name of
 * the step's input in `plan`
 */
function rewrite(
  plan: Plan,
  change: (step: PlanStep, before: PlanStep | undefined, input: string) => 'drop' | PlanStep | undefined,
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
