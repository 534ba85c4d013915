/** Rewrites a network for inference into fewer layers that compute the same. */
import type { Layer } from './layers/table.ts';

/**
 * Drops what does nothing at inference (Dropout) and lets a convolution or dense layer without an activation of its own
 * take over the one that follows it, which the backend then computes in the same pass.
 */
export function fuse(layers: readonly Layer[]): Layer[] {
  const fused: Layer[] = [];
  for (const layer of layers) {
    const before = fused.at(-1);
    if (layer.className === 'Dropout') continue;
    if (layer.className === 'Activation' && before && takesActivation(before)) {
      fused[fused.length - 1] = {
        ...before,
        config: { ...before.config, activation: layer.config.activation },
      } as Layer;
    } else {
      fused.push(layer);
    }
  }
  return fused;
}

function takesActivation(layer: Layer): boolean {
  return (layer.className === 'Conv2D' || layer.className === 'Dense') && layer.config.activation === 'linear';
}
