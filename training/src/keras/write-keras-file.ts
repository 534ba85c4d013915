/** Writes an .h5 file that Keras 2 and 3 can load. */
import type { Group } from 'h5wasm';
import { writeHdf5 } from './hdf5.ts';
import type { KerasFile, KerasWeight } from './keras-file.ts';

/** @param file may omit layers without weights from `weights` */
export function writeKerasFile(file: KerasFile): Promise<Uint8Array> {
  return writeHdf5((out) => {
    const head = { backend: 'tensorflow', keras_version: file.kerasVersion };
    for (const [name, text] of Object.entries(head)) out.create_attribute(name, text);
    out.create_attribute('model_config', JSON.stringify(file.modelConfig));
    if (file.trainingConfig) out.create_attribute('training_config', JSON.stringify(file.trainingConfig));
    if (file.glimpse) out.create_attribute('glimpse', JSON.stringify(file.glimpse));
    const root = out.create_group('model_weights');
    for (const [name, text] of Object.entries(head)) root.create_attribute(name, text);
    writeNames(root, 'layer_names', [...file.weights.keys()]);
    for (const [layer, weights] of file.weights) writeLayer(root.create_group(layer), layer, weights);
  });
}

/** Uses Keras 2's weight names: `conv2d/kernel:0` within the layer's group. Keras 3 uses only the order. */
function writeLayer(group: Group, layer: string, weights: readonly KerasWeight[]): void {
  writeNames(
    group,
    'weight_names',
    weights.map(({ name }) => `${layer}/${name}:0`),
  );
  if (weights.length === 0) return;
  const inner = group.create_group(layer);
  for (const { name, shape, values } of weights) {
    inner.create_dataset({ name: `${name}:0`, data: values, shape: [...shape], dtype: '<f' });
  }
}

/** An empty list needs an explicit type. */
function writeNames(group: Group, attribute: string, names: readonly string[]): void {
  if (names.length === 0) group.create_attribute(attribute, [], [0], 'S1');
  else group.create_attribute(attribute, [...names]);
}
