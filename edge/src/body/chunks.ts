/** A body in larger chunks than workerd's own reader gives, of 4 KB each: a photo of 3 MB has 50 and not 770 then. */

const MAX_BYTES = 64 * 1024;
const MIN_BYTES = 4 * 1024;

export interface Chunks {
  /** The chunk's bytes are there until the next one is read: both may be in the same memory. */
  read(): Promise<ReadableStreamReadResult<Uint8Array>>;
}

/**
 * @param stream of bytes, as those of requests are
 * @param expected bytes, where they are known
 */
export function chunksOf(stream: ReadableStream<Uint8Array>, expected = MAX_BYTES): Chunks {
  const reader = stream.getReader({ mode: 'byob' });
  const size = Math.max(MIN_BYTES, Math.min(MAX_BYTES, expected));
  // None while a read is under way, which nobody may be waiting for any more.
  let spare: ArrayBuffer | undefined;
  return {
    async read() {
      const buffer = spare ?? new ArrayBuffer(size);
      spare = undefined;
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done || !value) return { done: true, value: undefined };
      spare = value.buffer as ArrayBuffer;
      return { done: false, value };
    },
  };
}
