/** 8-bit pixels → the input tensor of a network. */
import { type InputContract, pixelCount } from './input-contract.ts';

/**
 * (value / 255 - mean) / standardDeviation for each byte.
 *
 * @param pixels one or more images of the contract's size, [n, height, width, channels], 0-255
 * @returns float32 of the same length and order
 * @throws {RangeError} if the length is not a multiple of an image's length
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

/** Tables of the loaded releases: creating them takes longer than normalizing a small image. */
const tablesByContract = new WeakMap<InputContract, readonly Float32Array[]>();

/** A table of all 256 values is faster than dividing, and gives the same float32 on every engine. */
function tablesOf(contract: InputContract): readonly Float32Array[] {
  const cached = tablesByContract.get(contract);
  if (cached) return cached;
  const { channels, mean, standardDeviation } = contract;
  const tables = Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean[channel]!) / standardDeviation[channel]!),
  );
  tablesByContract.set(contract, tables);
  return tables;
}
