/** Counts the bytes of the typed arrays that a piece of work allocates. */

const kinds = [
  ...(['Uint8Array', 'Uint8ClampedArray', 'Int8Array', 'Uint16Array', 'Int16Array'] as const),
  ...(['Uint32Array', 'Int32Array', 'Float32Array', 'Float64Array'] as const),
];

/**
 * Counts arrays even if they are garbage by the end: the garbage collector's own figures vary between runs. Views of
 * other arrays' bytes do not count.
 *
 * @param work may return a promise only if nothing else runs meanwhile
 */
export function allocatedBytes<Result>(work: () => Result): Result extends Promise<unknown> ? Promise<number> : number {
  let sum = 0;
  const originals = kinds.map((kind) => globalThis[kind]);
  for (const kind of kinds) {
    Object.assign(globalThis, {
      [kind]: new Proxy<object>(globalThis[kind], {
        construct(original, [first, ...rest], self) {
          const array = Reflect.construct(original as typeof Uint8Array, [first, ...rest], self as typeof Uint8Array);
          if (!(first instanceof ArrayBuffer)) sum += array.byteLength;
          return array;
        },
      }),
    });
  }
  const restore = () => {
    for (const [i, kind] of kinds.entries()) Object.assign(globalThis, { [kind]: originals[i] });
    return sum;
  };
  let result: unknown;
  try {
    result = work();
  } catch (error) {
    restore();
    throw error;
  }
  return (result instanceof Promise ? result.then(restore) : restore()) as ReturnType<typeof allocatedBytes<Result>>;
}
