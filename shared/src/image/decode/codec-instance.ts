/**
 * One WebAssembly instance of a codec for all images, replaced after errors. One instance per image would be simpler, but
 * instances hold tens of megabytes and workerd is slow to collect them (40 photos: 3.7 GB).
 */

/**
 * WebAssembly memory never shrinks, so an instance above this size is not kept. Enough for a photo of 12 megapixels, which
 * takes 50 to 140 MiB.
 */
const MAX_KEPT_BYTES = 144 * 2 ** 20;

export interface Codec {
  readonly memory: WebAssembly.Memory;
}

/** The codec could not decode a file. Any other error is not caused by the file. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
}

/** Must be synchronous, so that an instance handles one image at a time. */
type Use<C extends Codec, Result> = (codec: C) => Result;

/** @returns a function that lends the instance. If its use throws, the instance is dropped: codecs leak or stay inconsistent after errors */
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
