/** Damages a file in the ways that storage, networks and attackers do. Depends only on the random numbers. */

import type { Random } from '../support/seeded-random.ts';

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

/** Boundary values and markers of one format or another. */
const INTERESTING = [0, 1, 2, 3, 7, 8, 16, 31, 32, 63, 64, 127, 128, 192, 196, 218, 219, 221, 224, 254, 255];

const below = (random: Random, limit: number) => Math.floor(random() * limit);

const mutations: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const at = below(random, bytes.length);
    return replaced(bytes, at, bytes[at]! ^ (1 << below(random, 8)));
  },
  function setInteresting(bytes, random) {
    return replaced(bytes, below(random, bytes.length), INTERESTING[below(random, INTERESTING.length)]!);
  },
  function addSmall(bytes, random) {
    const at = below(random, bytes.length);
    return replaced(bytes, at, bytes[at]! + below(random, 33) - 16);
  },
  /** Changes the header: the first bytes have the most effect. */
  function setInHead(bytes, random) {
    return replaced(bytes, below(random, Math.min(bytes.length, 64)), below(random, 256));
  },
  function cut(bytes, random) {
    return bytes.slice(0, below(random, bytes.length));
  },
  function remove(bytes, random) {
    const from = below(random, bytes.length);
    const count = 1 + below(random, Math.min(32, bytes.length - from));
    return concatenate(bytes.subarray(0, from), bytes.subarray(from + count));
  },
  function repeat(bytes, random) {
    const from = below(random, bytes.length);
    const part = bytes.subarray(from, from + 1 + below(random, 64));
    return concatenate(bytes.subarray(0, from), part, bytes.subarray(from));
  },
  function splice(bytes, random, other) {
    return concatenate(bytes.subarray(0, below(random, bytes.length)), other.subarray(below(random, other.length)));
  },
  function overwrite(bytes, random, other) {
    const result = bytes.slice();
    const from = below(random, bytes.length);
    const source = below(random, other.length);
    result.set(other.subarray(source, Math.min(other.length, source + 16, source + bytes.length - from)), from);
    return result;
  },
];

/** Applies one to four mutations. The result has at most `maxBytes`. */
export function mutate(bytes: Uint8Array, other: Uint8Array, random: Random, maxBytes: number): Uint8Array {
  let result = bytes;
  for (let count = 1 + below(random, 4); count > 0 && result.length > 0; count--) {
    result = mutations[below(random, mutations.length)]!(result, random, other).subarray(0, maxBytes);
  }
  return result;
}

function replaced(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const result = bytes.slice();
  result[at] = value;
  return result;
}

function concatenate(...parts: Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
