/**
 * `model.json` and its weight files: the tfjs layers-model format with tfjs' quantization fields, so that
 * `tf.loadLayersModel(url)` can read them.
 */
import * as z from 'zod/mini';
import { type Architecture, elements, inferShapes, weightName } from './architecture.ts';
import { NetworkError } from './network-error.ts';
import { assertShardOrder } from './shards.ts';
import { readTopology, writeTopology } from './topology.ts';

const quantizationSchema = z.union([
  /** value = stored * scale + min, one pair for the whole tensor. */
  z.object({ dtype: z.enum(['uint8', 'uint16']), scale: z.number(), min: z.number() }),
  z.object({ dtype: z.literal('float16') }),
]);

const weightEntrySchema = z.object({
  name: z.string(),
  shape: z.array(z.int().check(z.positive())),
  /** The type for computation. The stored type is in `quantization`. */
  dtype: z.literal('float32'),
  quantization: z.optional(quantizationSchema),
});

const modelFileSchema = z.object({
  format: z.literal('layers-model'),
  modelTopology: z.unknown(),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(weightEntrySchema) })),
});

export type Quantization = z.infer<typeof quantizationSchema>;
export type WeightEntry = z.infer<typeof weightEntrySchema>;

/** A weight as stored: its entry and its bytes. */
export interface StoredWeight {
  readonly entry: WeightEntry;
  readonly bytes: Uint8Array;
}

/** Not quantized; little-endian, as the format requires. */
export function storedAsFloat32(name: string, { shape, values }: Weight): StoredWeight {
  return { entry: { name, shape: [...shape], dtype: 'float32' }, bytes: new Uint8Array(values.slice().buffer) };
}

export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Dequantized float32 values by weight name (`conv2d/kernel`). */
export type Weights = ReadonlyMap<string, Weight>;

export interface ModelFile {
  readonly architecture: Architecture;
  readonly groups: readonly { readonly paths: readonly string[]; readonly weights: readonly WeightEntry[] }[];
}

/** @returns the text of model.json and the bytes of its only weight file, `weights.bin`. */
export function writeModelFile(
  architecture: Architecture,
  weights: readonly StoredWeight[],
): { modelJson: string; weightsBin: Uint8Array<ArrayBuffer> } {
  const weightsBin = new Uint8Array(weights.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let offset = 0;
  for (const { bytes } of weights) {
    weightsBin.set(bytes, offset);
    offset += bytes.length;
  }
  const file = {
    format: 'layers-model',
    generatedBy: 'glimpse',
    modelTopology: writeTopology(architecture),
    weightsManifest: [{ paths: ['weights.bin'], weights: weights.map(({ entry }) => entry) }],
  };
  return { modelJson: `${JSON.stringify(file)}\n`, weightsBin };
}

/**
 * @throws {NetworkError} `network-invalid` if the text is not a layers model or its weights do not match its layers;
 * `network-unsupported` for a layer that is not supported
 */
export function readModelFile(modelJson: string): ModelFile {
  let json: unknown;
  try {
    json = JSON.parse(modelJson);
  } catch (cause) {
    throw new NetworkError('network-invalid', 'model.json is not JSON', { cause });
  }
  const result = modelFileSchema.safeParse(json);
  if (!result.success) {
    throw new NetworkError(
      'network-invalid',
      `model.json is not a tfjs layers model: ${z.prettifyError(result.error)}`,
    );
  }
  for (const { paths } of result.data.weightsManifest) assertShardOrder(paths);
  const architecture = readTopology(result.data.modelTopology);
  const stored = new Map(
    result.data.weightsManifest.flatMap(({ weights }) => weights.map((entry) => [entry.name, entry])),
  );
  for (const { layer, weights } of inferShapes(architecture)) {
    for (const weight of weights) {
      const name = weightName(layer, weight);
      const entry = stored.get(name);
      if (!entry) throw new NetworkError('network-invalid', `Layer "${layer.config.name}" has no weight "${name}"`);
      if (String(entry.shape) !== String(weight.shape)) {
        throw new NetworkError(
          'network-invalid',
          `Weight "${name}" has the shape [${entry.shape}], but the layer needs [${weight.shape}]`,
        );
      }
    }
  }
  return { architecture, groups: result.data.weightsManifest };
}

/**
 * @param files the weight files, by their paths in the model file
 * @throws {NetworkError} `network-invalid` if a file is missing, or there are too few or too many bytes
 */
export function readWeights(model: ModelFile, files: ReadonlyMap<string, Uint8Array>): Weights {
  const weights = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const group of model.groups) {
    const bytes = concatenate(group.paths, files);
    let offset = 0;
    for (const entry of group.weights) {
      const length = elements(entry.shape) * bytesPerValue(entry.quantization);
      if (offset + length > bytes.length) {
        throw new NetworkError(
          'network-invalid',
          `${group.paths.join(', ')}: the data ends within the weight "${entry.name}"`,
        );
      }
      // Copied, because 2- and 4-byte values must be aligned. (A Node Buffer's `slice` would be a view.)
      const values = dequantize(new Uint8Array(bytes.subarray(offset, offset + length)), entry.quantization);
      if (!values.every(Number.isFinite)) {
        throw new NetworkError('network-invalid', `Weight "${entry.name}" has a value that is not a finite number`);
      }
      weights.set(entry.name, { shape: entry.shape, values });
      offset += length;
    }
    if (offset !== bytes.length) {
      throw new NetworkError('network-invalid', `${group.paths.join(', ')}: ${bytes.length - offset} bytes too many`);
    }
  }
  return weights;
}

function concatenate(paths: readonly string[], files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts = paths.map((path) => {
    const file = files.get(path);
    if (!file) throw new NetworkError('network-invalid', `The weight file ${path} is missing`);
    return file;
  });
  if (parts.length === 1) return parts[0]!;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function bytesPerValue(quantization: Quantization | undefined): number {
  if (!quantization) return 4;
  return quantization.dtype === 'uint8' ? 1 : 2;
}

/** Stored little-endian bytes → float32, with the arithmetic of tfjs' loader. `bytes` must start at offset 0. */
export function dequantize(bytes: Uint8Array<ArrayBuffer>, quantization: Quantization | undefined): Float32Array {
  if (!quantization) return new Float32Array(bytes.buffer);
  if (quantization.dtype === 'float16') return Float32Array.from(new Uint16Array(bytes.buffer), halfToNumber);
  const { scale, min } = quantization;
  const stored = quantization.dtype === 'uint8' ? bytes : new Uint16Array(bytes.buffer);
  return Float32Array.from(stored, (value) => value * scale + min);
}

/** IEEE 754 binary16 → number. */
function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
