/** The bytes of an HDF5 file → `KerasFile`. The file may be damaged, or made to do harm. */
import { type Dataset, type File, type Group, h5wasm } from 'h5wasm';
import { readHdf5 } from './hdf5.ts';
import type { KerasFile, KerasWeight } from './keras-file.ts';

/** Of all the weights together, which are read into memory beside the file. */
const MAX_WEIGHT_BYTES = 256 * 2 ** 20;

/** Says what is wrong, to go on from the file's name: `net.h5 holds weights only …`. */
export class Refusal extends Error {}

/**
 * The library may crash or never end on a damaged file: read-keras-file.ts calls this in a thread of its own.
 *
 * @throws {Refusal} for what is not a whole model in Keras' HDF5 format, or holds a weight that is not a finite float32
 * @throws {Error} in the library's words for a damaged file
 */
export async function parseKerasFile(bytes: Uint8Array): Promise<KerasFile> {
  let refusal: Refusal | undefined;
  const file = await readHdf5(bytes, (hdf5) => {
    // The library's own errors and ours must stay apart.
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
        ? 'holds weights only, as model.save_weights writes, and not the layers that they belong to. Save the model itself: model.save("FILE.h5").'
        : 'is an HDF5 file, but holds no Keras model (the attribute model_config is missing).',
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
        throw new Refusal(`holds more than ${MAX_WEIGHT_BYTES / 2 ** 20} MiB of weights: ${what} is [${shape}].`);
      }
      const values = dataset.value as Float32Array;
      const bad = values.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) throw new Refusal(`is of a failed training: ${what} holds ${values[bad]} at place ${bad}.`);
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

/** All that could make reading it costly or meaningless is looked at before a value is read. */
function checkedShape(dataset: Dataset, what: string): number[] {
  const { type, size, littleEndian, shape, chunks } = dataset.metadata;
  const FLOAT = 1;
  if (type !== FLOAT || size !== 4 || !littleEndian) {
    throw new Refusal(`stores ${what} in another form than float32. Save the model with the float32 policy.`);
  }
  if (!shape) throw new Refusal(`holds no value for ${what}.`);
  // The library makes room for a whole chunk at a time.
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
  if (parts.length === 0) throw new Refusal(`does not list what the group "${group.path}" holds (${name}).`);
  const names = parts.flatMap((part) => (ArrayBuffer.isView(part) ? [] : (part as unknown[])));
  if (!names.every((entry) => typeof entry === 'string')) throw new Refusal(`lists no names in "${name}".`);
  return names as string[];
}

/** An attribute cannot have more entries than its file has bytes. */
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
