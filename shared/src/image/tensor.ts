/** 8-bit pixels → the numbers that the network eats. */
import { type InputContract, pixelCount } from './input-contract.ts';

/**
 * (value / 255 - mean) / standardDeviation for each byte.
 *
 * @param pixels one or more images of the contract's size, [n, height, width, channels], 0-255
 * @returns float32 of the same length and order
 * @throws {RangeError} when the length is no multiple of one image's
 */
export function normalize(pixels: Uint8Array, contract: InputContract): Float32Array<ArrayBuffer> {
  const { channels } = contract;
  if (pixels.length === 0 || pixels.length % pixelCount(contract) !== 0) {
    throw new RangeError(`${pixels.length} bytes are not a whole number of ${pixelCount(contract)}-byte images`);
  }
  const tables = tablesOf(contract);
  const values = new Float32Array(pixels.length);
  for (let channel = 0; channel < channels; channel++) {
    const table = tables[channel]!;
    for (let i = channel; i < pixels.length; i += channels) values[i] = table[pixels[i]!]!;
  }
  return values;
}

/** Of the contracts of the releases that are loaded: to make them takes longer than to look a small image's bytes up. */
const known = new WeakMap<InputContract, readonly Float32Array[]>();

/** A byte has 256 values: looking them up is faster than dividing and gives the same float32 on every engine. */
function tablesOf(contract: InputContract): readonly Float32Array[] {
  const before = known.get(contract);
  if (before) return before;
  const { channels, mean, standardDeviation } = contract;
  const tables = Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean[channel]!) / standardDeviation[channel]!),
  );
  known.set(contract, tables);
  return tables;
}
