/**
 * One WebAssembly instance of a codec for all images. One instance per image would be simpler, but its memory is given back
 * only by the garbage collector, which is slow to do it (8 crafted images: 2.9 GB). The codec bounds its own memory.
 */

/** The codec could not decode a file, and can decode the next one. */
export class CodecError extends Error {
  override readonly name: string = 'CodecError';
}

/** The file needs more memory than the codec may have. */
export class CodecMemoryError extends CodecError {
  override readonly name = 'CodecMemoryError';
  readonly limit: number;
  readonly actual: number;

  constructor(limit: number, actual: number) {
    super(`the codec needs ${actual} bytes of memory`);
    this.limit = limit;
    this.actual = actual;
  }
}

/** The codec stopped in the middle: its memory is inconsistent, so its instance is replaced. */
export class CodecCrash extends CodecError {
  override readonly name = 'CodecCrash';
}

/** Must be synchronous, so that an instance handles one image at a time. */
type Use<Codec, Result> = (codec: Codec) => Result;

/** @returns a function that lends the instance, and replaces it after a `CodecCrash` or an unknown error */
export function keepInstance<Codec>(
  create: () => Promise<Codec>,
): <Result>(use: Use<Codec, Result>) => Promise<Result> {
  let kept: Promise<Codec> | undefined;
  return async (use) => {
    kept ??= create();
    const lent = kept;
    try {
      return use(await lent);
    } catch (error) {
      const isConsistent = error instanceof CodecError && !(error instanceof CodecCrash);
      if (!isConsistent && kept === lent) kept = undefined;
      throw error;
    }
  };
}
