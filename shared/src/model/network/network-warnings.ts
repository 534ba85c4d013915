/** Finds likely mistakes in a valid architecture, before hours of training are spent on it. */
import { type Architecture, elements, inferShapes, type ShapedLayer } from './architecture.ts';

export interface NetworkWarning {
  /** Name of the layer to change. */
  readonly layer: string;
  /** What is wrong, and what to write instead. */
  readonly message: string;
}

/** @returns in the order of the layers; usually empty */
export function networkWarnings(architecture: Pick<Architecture, 'inputShape' | 'layers'>): NetworkWarning[] {
  const shaped = new Map(inferShapes(architecture).map((layer) => [layer.layer.config.name, layer]));
  return [...shaped.values()].flatMap((shapedLayer) => {
    const { className } = shapedLayer.layer;
    if (className === 'BatchNormalization') return beforeNormalization(shapedLayer, shaped.get(shapedLayer.inputs[0]!));
    if (className === 'Dropout') return dropoutAfterNormalization(shapedLayer, shaped);
    return [];
  });
}

/** Normalization subtracts a bias with the mean, and belongs before the activation (Ioffe and Szegedy 2015, section 3.2). */
function beforeNormalization({ layer: normalization }: ShapedLayer, before: ShapedLayer | undefined): NetworkWarning[] {
  if (!before) return [];
  const { config } = before.layer;
  const { name } = config;
  const where = `right before BatchNormalization "${normalization.config.name}"`;
  const warnings: NetworkWarning[] = [];
  // After an activation the mean no longer cancels the bias.
  if ('useBias' in config && config.useBias && config.activation === 'linear') {
    const biases = elements(before.outputShape.slice(-1));
    warnings.push({
      layer: name,
      message: `Layer "${name}" has a bias ${where}, which subtracts it with the mean, so its ${biases} parameters learn nothing. Set useBias: false.`,
    });
  }
  if ('activation' in config && config.activation !== 'linear') {
    const instead =
      before.layer.className === 'Activation'
        ? 'Move it after the normalization.'
        : `Remove it (with useBias: false) and add an Activation with ${config.activation} after the normalization.`;
    warnings.push({
      layer: name,
      message: `Layer "${name}" applies ${config.activation} ${where}. The normalization then gets values that are already clipped or squashed, and the next layer follows without an activation. ${instead}`,
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
      message: `Dropout "${name}" comes after BatchNormalization "${normalization}". Dropout changes the variance in training only, so later layers see different statistics at inference than in training (variance shift, Li et al. 2019). Remove the Dropout; batch normalization regularizes too.`,
    },
  ];
}

/** The nearest one, searching back through layers without weights (activations, pooling, sums). */
function normalizationAbove(names: readonly string[], shaped: ReadonlyMap<string, ShapedLayer>): string | undefined {
  const candidates = new Set(names);
  // Iterating a set also visits values that are added meanwhile, each once.
  for (const name of candidates) {
    const found = shaped.get(name);
    if (found?.layer.className === 'BatchNormalization') return name;
    if (found?.weights.length === 0) for (const input of found.inputs) candidates.add(input);
  }
  return undefined;
}
