/** Reading streams of bytes: in large chunks, and into one array. */

/** workerd's own reader gives chunks of 4 KB. With larger ones a 3 MB photo takes 50 reads instead of 770. */
const MAX_CHUNK_BYTES = 64 * 1024;
const MIN_CHUNK_BYTES = 4 * 1024;

export interface Chunks {
  /** The chunk's bytes are valid until the next read, which may reuse their memory. */
  read(): Promise<ReadableStreamReadResult<Uint8Array>>;
}

/**
 * @param stream a byte stream, such as the body of a request
 * @param expected its size in bytes, if known
 */
export function chunksOf(stream: ReadableStream<Uint8Array>, expected = MAX_CHUNK_BYTES): Chunks {
  const reader = stream.getReader({ mode: 'byob' });
  const size = Math.max(MIN_CHUNK_BYTES, Math.min(MAX_CHUNK_BYTES, expected));
  // Undefined during a read, which may have been abandoned.
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

/** Allocated at once for a declared length, so that a false declaration cannot allocate more than this. */
const MAX_FIRST_BYTES = 1024 * 1024;

export interface CollectOptions {
  /** The length that the sender declares. It saves copies if it is right, and only costs some if it is wrong. */
  readonly declared?: number | undefined;
  /** Called with the length of each chunk before the chunk is kept. It stops the reading by throwing. */
  count(bytes: number): void;
}

/**
 * A stream of unknown length → one array.
 *
 * @param read returns the next chunk. If this function throws, the caller can still read the rest of the stream.
 */
export async function collect(
  read: () => Promise<ReadableStreamReadResult<Uint8Array>>,
  { declared = 0, count }: CollectOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(Math.min(declared, MAX_FIRST_BYTES));
  let length = 0;
  for (;;) {
    const { done, value } = await read();
    if (done) break;
    count(value.length);
    if (length + value.length > bytes.length) {
      // Doubling keeps the bytes of all copies below the size of the body. The declared length is an upper bound.
      const doubled = Math.max(bytes.length * 2, length + value.length);
      const grown = new Uint8Array(declared >= length + value.length ? Math.min(doubled, declared) : doubled);
      grown.set(bytes.subarray(0, length));
      bytes = grown;
    }
    bytes.set(value, length);
    length += value.length;
  }
  return bytes.subarray(0, length);
}
