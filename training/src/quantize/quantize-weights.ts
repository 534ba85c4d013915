/** Quantizes float32 weights to the types that tfjs' weight manifest supports. */
import {
  type Quantization,
  type StoredWeight,
  storedAsFloat32,
  type Weights,
} from '@glimpse/shared/model/network/model-file';
import { TrainingError } from '../training-error.ts';

export type QuantizationType = Quantization['dtype'];
export const quantizationTypes = ['uint8', 'uint16', 'float16'] as const satisfies readonly QuantizationType[];

/**
 * Kernels are quantized with one scale per tensor. Vectors (biases) stay float32: they are a thousandth of the bytes, and
 * each value shifts a whole channel.
 *
 * @throws {TrainingError} `run-invalid` if a weight exceeds float16's range of ±65504
 */
export function quantizeWeights(weights: Weights, dtype: QuantizationType): StoredWeight[] {
  return [...weights].map(([name, weight]) => {
    const plain = storedAsFloat32(name, weight);
    const { shape, values } = weight;
    if (shape.length < 2) return plain;
    const { stored, quantization } = dtype === 'float16' ? toHalf(name, values) : toInteger(values, dtype);
    return { entry: { ...plain.entry, quantization }, bytes: new Uint8Array(stored.buffer) };
  });
}

interface Quantized {
  readonly stored: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  readonly quantization: Quantization;
}

/**
 * Affine: value ≈ stored * scale + min. Zero is represented exactly, because ReLU networks are full of zeros (Jacob et al.
 * 2018, section 2.1). The error is at most half of `scale`.
 */
function toInteger(values: Float32Array, dtype: 'uint8' | 'uint16'): Quantized {
  const levels = dtype === 'uint8' ? 255 : 65_535;
  let low = 0;
  let high = 0;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = (high - low) / levels || 1;
  const min = -Math.round(-low / scale) * scale;
  const stored = dtype === 'uint8' ? new Uint8Array(values.length) : new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    stored[i] = Math.min(levels, Math.max(0, Math.round((values[i]! - min) / scale)));
  }
  return { stored, quantization: { dtype, scale, min } };
}

/** Rounds to the nearest IEEE 754 binary16. */
function toHalf(name: string, values: Float32Array): Quantized {
  const halves = Float16Array.from(values);
  if (!halves.every(Number.isFinite)) {
    throw new TrainingError(
      'run-invalid',
      `The weight "${name}" has a value outside the range of float16. Use uint16.`,
    );
  }
  return { stored: new Uint16Array(halves.buffer), quantization: { dtype: 'float16' } };
}
