/** A stream of unknown length → one array, without ever trusting what its sender says of its length. */

/** Allocated at once where a length is declared. A sender who declares much and sends little gets no more than this. */
const FIRST_BYTES = 1024 * 1024;

export interface CollectOptions {
  /** What the sender says. Right, it saves copies; wrong, it costs some. */
  readonly declared?: number | undefined;
  /** Called with the length of each chunk before it is kept; ends the reading by throwing. */
  count(bytes: number): void;
}

/** @param read the next chunk of a stream; it can still be read from when this throws, the rest is the caller's */
export async function collect(
  read: () => Promise<ReadableStreamReadResult<Uint8Array>>,
  { declared = 0, count }: CollectOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(Math.min(declared, FIRST_BYTES));
  let length = 0;
  for (;;) {
    const { done, value } = await read();
    if (done) break;
    count(value.length);
    if (length + value.length > bytes.length) {
      // Doubles, so that all copies together are no more than the body itself; and stops at what was declared.
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
