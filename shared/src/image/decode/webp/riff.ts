/** RIFF, the container of WebP (RFC 9649, 2.3-2.7): a list of chunks. Each frame of an animation is a nested list. */
import { ImageError } from '../../image-error.ts';

export interface RiffChunk {
  /** Four characters, such as `VP8 `. */
  readonly type: string;
  readonly offset: number;
  readonly data: Uint8Array;
}

/** `RIFF`, length, `WEBP`. */
export const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;

/**
 * Yields the chunks of a file. Ignores what follows the declared length.
 *
 * @throws {ImageError} image-undecodable with the `offset` of the truncation
 */
export function* walkFile(bytes: Uint8Array): Generator<RiffChunk, void> {
  if (bytes.length < HEADER_BYTES) throw cut(bytes.length);
  const end = CHUNK_HEADER_BYTES + uint32(bytes, 4);
  if (end > bytes.length) throw cut(bytes.length);
  yield* walkChunks(bytes.subarray(0, end), HEADER_BYTES);
}

/** @param start of the first chunk's header */
export function* walkChunks(bytes: Uint8Array, start: number): Generator<RiffChunk, void> {
  for (let offset = start; offset + CHUNK_HEADER_BYTES <= bytes.length; ) {
    const length = uint32(bytes, offset + 4);
    const begin = offset + CHUNK_HEADER_BYTES;
    if (begin + length > bytes.length) {
      throw undecodable(`has a chunk at byte ${offset} that extends beyond the end of the file; send it again`, {
        offset,
      });
    }
    yield {
      type: String.fromCharCode(...bytes.subarray(offset, offset + 4)),
      offset,
      data: bytes.subarray(begin, begin + length),
    };
    offset = begin + length + (length & 1);
  }
}

/** Creates a file from chunks. */
export function riffFile(chunks: readonly Omit<RiffChunk, 'offset'>[]): Uint8Array {
  const lengths = chunks.map(({ data }) => CHUNK_HEADER_BYTES + data.length + (data.length & 1));
  const file = new Uint8Array(lengths.reduce((sum, length) => sum + length, HEADER_BYTES));
  const view = new DataView(file.buffer);
  writeHeader(view, 0, 'RIFF', file.length - CHUNK_HEADER_BYTES);
  for (const [i, letter] of [...'WEBP'].entries()) file[8 + i] = letter.charCodeAt(0);
  let at = HEADER_BYTES;
  for (const [i, { type, data }] of chunks.entries()) {
    writeHeader(view, at, type, data.length);
    file.set(data, at + CHUNK_HEADER_BYTES);
    at += lengths[i]!;
  }
  return file;
}

export function undecodable(problem: string, details: Record<string, number | string> = {}, cause?: Error): ImageError {
  return new ImageError('image-undecodable', `this WebP ${problem}`, { details, ...(cause && { cause }) });
}

function cut(offset: number): ImageError {
  return undecodable(`is truncated at byte ${offset}; send the whole file`, { offset });
}

function writeHeader(view: DataView, at: number, type: string, length: number): void {
  for (let i = 0; i < 4; i++) view.setUint8(at + i, type.charCodeAt(i));
  view.setUint32(at + 4, length, true);
}

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}
