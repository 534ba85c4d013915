/** What is legal in an architecture and yet rarely meant: found before hours of training are spent on it. */
import { type Architecture, elements, inferShapes, type ShapedLayer } from './architecture.ts';

export interface NetworkWarning {
  /** Name of the layer to change. */
  readonly layer: string;
  /** Why, and what to write instead. */
  readonly message: string;
}

/** @returns in the order of the layers; none for most networks */
export function networkWarnings(architecture: Pick<Architecture, 'inputShape' | 'layers'>): NetworkWarning[] {
  const shaped = new Map(inferShapes(architecture).map((layer) => [layer.layer.config.name, layer]));
  return [...shaped.values()].flatMap((shapedLayer) => {
    const { className } = shapedLayer.layer;
    if (className === 'BatchNormalization') return beforeNormalization(shapedLayer, shaped.get(shapedLayer.inputs[0]!));
    if (className === 'Dropout') return dropoutAfterNormalization(shapedLayer, shaped);
    return [];
  });
}

/** A bias is subtracted with the mean; an activation belongs behind (Ioffe and Szegedy 2015, section 3.2). */
function beforeNormalization({ layer: normalization }: ShapedLayer, before: ShapedLayer | undefined): NetworkWarning[] {
  if (!before) return [];
  const { config } = before.layer;
  const { name } = config;
  const where = `right before BatchNormalization "${normalization.config.name}"`;
  const warnings: NetworkWarning[] = [];
  // Behind an activation the mean no longer cancels the bias.
  if ('useBias' in config && config.useBias && config.activation === 'linear') {
    const biases = elements(before.outputShape.slice(-1));
    warnings.push({
      layer: name,
      message: `Layer "${name}" has a bias ${where}, which subtracts it with the mean: its ${biases} parameters learn nothing. Write useBias: false.`,
    });
  }
  if ('activation' in config && config.activation !== 'linear') {
    const instead =
      before.layer.className === 'Activation'
        ? 'Put it behind the normalization.'
        : `Leave it out (with useBias: false) and put an Activation with ${config.activation} behind the normalization.`;
    warnings.push({
      layer: name,
      message: `Layer "${name}" applies ${config.activation} ${where}: the normalization then works on values that are cut or squeezed already, and the next layer gets them with no activation between. ${instead}`,
    });
  }
  return warnings;
}

/** Li et al. 2019: Understanding the disharmony between dropout and batch normalization by variance shift. */
function dropoutAfterNormalization(
  { layer, inputs }: ShapedLayer,
  shaped: ReadonlyMap<string, ShapedLayer>,
): NetworkWarning[] {
  const { name } = layer.config;
  const normalization = normalizationAbove(inputs, shaped);
  if (!normalization) return [];
  return [
    {
      layer: name,
      message: `Dropout "${name}" comes after BatchNormalization "${normalization}": dropout changes the variance in training only, so that what was normalized reaches the layers behind it with other statistics at inference than they learned from (variance shift, Li et al. 2019). Leave the Dropout out: batch normalization regularizes too.`,
    },
  ];
}

/** The nearest one, up through layers that have no weights: activations, pooling, sums. */
function normalizationAbove(names: readonly string[], shaped: ReadonlyMap<string, ShapedLayer>): string | undefined {
  const above = new Set(names);
  // A set takes in what is added while it is gone through, and each name once.
  for (const name of above) {
    const found = shaped.get(name);
    if (found?.layer.className === 'BatchNormalization') return name;
    if (found?.weights.length === 0) for (const input of found.inputs) above.add(input);
  }
  return undefined;
}
