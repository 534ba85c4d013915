/** Parses an HDF5 file, which may be damaged or malicious. */
import { type Dataset, type File, type Group, h5wasm } from 'h5wasm';
import { readHdf5 } from './hdf5.ts';
import type { KerasFile, KerasWeight } from './keras-file.ts';

/** Limit for all weights together, which are in memory at the same time as the file. */
const MAX_WEIGHT_BYTES = 256 * 2 ** 20;

/** The message continues a sentence that starts with the file's name: `net.h5 contains only weights …`. */
export class Refusal extends Error {}

/**
 * On a damaged file the library may crash or hang, so read-keras-file.ts calls this in a thread.
 *
 * @throws {Refusal} if the file is not a complete model in Keras' HDF5 format, or a weight is not a finite float32
 * @throws {Error} with the library's message if the file is damaged
 */
export async function parseKerasFile(bytes: Uint8Array): Promise<KerasFile> {
  let refusal: Refusal | undefined;
  const file = await readHdf5(bytes, (hdf5) => {
    // `readHdf5` rewraps every error, so a `Refusal` is passed around it.
    try {
      return readModel(hdf5, bytes.length);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal = error;
      return undefined;
    }
  });
  if (!file) throw refusal;
  return file;
}

function readModel(hdf5: File, fileBytes: number): KerasFile {
  const attribute = attributesOf(hdf5, fileBytes);
  const modelConfig = attribute('model_config');
  const keys = hdf5.keys();
  if (modelConfig === undefined) {
    const weightsOnly = keys.includes('layers') || attribute('layer_names') !== undefined;
    throw new Refusal(
      weightsOnly
        ? 'contains only weights, as written by model.save_weights, without the layers. Save the whole model: model.save("FILE.h5").'
        : 'is an HDF5 file, but does not contain a Keras model (the attribute model_config is missing).',
    );
  }
  const trainingConfig = attribute('training_config');
  const glimpse = attribute('glimpse');
  return {
    kerasVersion: String(attribute('keras_version') ?? 'unknown').slice(0, 100),
    modelConfig: parse(modelConfig, 'model_config'),
    ...(trainingConfig === undefined ? {} : { trainingConfig: parse(trainingConfig, 'training_config') }),
    ...(glimpse === undefined ? {} : { glimpse: parse(glimpse, 'glimpse') }),
    weights: readLayers(hdf5, fileBytes),
  };
}

function readLayers(hdf5: File, fileBytes: number): KerasFile['weights'] {
  const root = groupIn(hdf5, 'model_weights');
  const layers = new Map<string, KerasWeight[]>();
  let total = 0;
  for (const layer of namesIn(root, 'layer_names', fileBytes)) {
    const group = groupIn(root, layer);
    const weights: KerasWeight[] = [];
    for (const path of namesIn(group, 'weight_names', fileBytes)) {
      const dataset = group.get(path);
      const what = `the weight "${path}" of layer "${layer}"`;
      if (!(dataset instanceof h5wasm.Dataset)) throw new Refusal(`lacks ${what}.`);
      const shape = checkedShape(dataset, what);
      total += elements(shape) * Float32Array.BYTES_PER_ELEMENT;
      if (total > MAX_WEIGHT_BYTES) {
        throw new Refusal(`contains more than ${MAX_WEIGHT_BYTES / 2 ** 20} MiB of weights: ${what} is [${shape}].`);
      }
      const values = dataset.value as Float32Array;
      const bad = values.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0)
        throw new Refusal(`has a weight that is not finite: ${what} contains ${values[bad]} at index ${bad}.`);
      weights.push({ name: weightNameOf(path), shape, values });
    }
    layers.set(layer, weights);
  }
  return layers;
}

/** `sequential/conv2d/kernel` (Keras 3) and `conv2d/kernel:0` (Keras 2) → `kernel`. */
function weightNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/:0$/, '');
}

/** Checks type and size before any value is read. */
function checkedShape(dataset: Dataset, what: string): number[] {
  const { type, size, littleEndian, shape, chunks } = dataset.metadata;
  const FLOAT = 1;
  if (type !== FLOAT || size !== 4 || !littleEndian) {
    throw new Refusal(`stores ${what} as a type other than float32. Save the model with the float32 policy.`);
  }
  if (!shape) throw new Refusal(`has no values for ${what}.`);
  // The library allocates memory for a whole chunk.
  if (chunks && elements(chunks) * size > MAX_WEIGHT_BYTES)
    throw new Refusal(`stores ${what} in chunks of [${chunks}].`);
  return shape.map(Number);
}

function groupIn(parent: Group, name: string): Group {
  const group = parent.get(name);
  if (!(group instanceof h5wasm.Group)) throw new Refusal(`lacks the group "${name}".`);
  return group;
}

/** Keras splits a list that is too long for one attribute: `layer_names0`, `layer_names1`, … */
function namesIn(group: Group, name: string, fileBytes: number): string[] {
  const attribute = attributesOf(group, fileBytes);
  const parts: unknown[] = [];
  const whole = attribute(name);
  if (whole !== undefined) parts.push(whole);
  else for (let i = 0; attribute(`${name}${i}`) !== undefined; i++) parts.push(attribute(`${name}${i}`));
  if (parts.length === 0) throw new Refusal(`does not list the content of the group "${group.path}" (${name}).`);
  const names = parts.flatMap((part) => (ArrayBuffer.isView(part) ? [] : (part as unknown[])));
  if (!names.every((entry) => typeof entry === 'string'))
    throw new Refusal(`has values other than names in "${name}".`);
  return names as string[];
}

/** Rejects attributes with more entries than the file has bytes. */
function attributesOf(holder: Pick<Group, 'attrs' | 'path'>, fileBytes: number): (name: string) => unknown {
  const { attrs } = holder;
  return (name) => {
    const attribute = attrs[name];
    if (!attribute) return undefined;
    if (elements(attribute.shape ?? []) > fileBytes) throw new Refusal(`has an impossible attribute "${name}".`);
    return attribute.value;
  };
}

function parse(text: unknown, what: string): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    throw new Refusal(`has a ${what} that is not JSON.`);
  }
}

function elements(shape: readonly (number | bigint)[]): number {
  return shape.reduce<number>((product, length) => product * Number(length), 1);
}
