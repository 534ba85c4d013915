/**
 * One WebAssembly instance of a codec for all images, replaced when it may be broken. One for each image would be
 * simpler, but instances hold tens of megabytes and workerd is slow to collect them (40 photos: 3.7 GB).
 */

/**
 * WebAssembly memory never shrinks: above this an instance is left to the garbage collector rather than kept. Room for a
 * photo of 12 megapixels, which takes 50 to 140 MiB.
 */
const MAX_KEPT_BYTES = 144 * 2 ** 20;

export interface Codec {
  readonly memory: WebAssembly.Memory;
}

/** The codec gave up on a file. Anything else that is thrown is no fault of the file. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
}

/** Must be synchronous, so that no two images meet in one instance. */
type Use<C extends Codec, Result> = (codec: C) => Result;

/** @returns lends an instance; one whose use throws is not lent again, since codecs leak or stay half-way when they fail */
export function keepInstance<C extends Codec>(
  create: () => Promise<C>,
): <Result>(use: Use<C, Result>) => Promise<Result> {
  let idle: C | undefined;
  return async (use) => {
    const codec = idle ?? (await create());
    idle = undefined;
    const result = use(codec);
    if (codec.memory.buffer.byteLength <= MAX_KEPT_BYTES) idle = codec;
    return result;
  };
}
