/** The chunks of a PNG (PNG third edition, 5.3) and their checksums. */
import { ImageError } from '../../image-error.ts';
import { MAX_CHUNKS } from './limits.ts';

export interface Chunk {
  /** Four letters. If the first one is upper case, the chunk is critical: readers that do not know it must give up. */
  readonly type: string;
  /** Offset of the length field in the file. */
  readonly offset: number;
  readonly data: Uint8Array;
}

/** Precedes the chunks. Its line breaks reveal a transfer in text mode. */
export const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Length and type before the data, and the checksum after it. */
const FRAME_BYTES = 12;

/**
 * Yields all chunks from IHDR to IEND and ignores what follows. A generator, because a list could need more memory than the
 * image.
 *
 * @throws {ImageError} image-undecodable with the `offset` of the truncation
 */
export function* walkChunks(bytes: Uint8Array): Generator<Chunk, void> {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) {
    throw undecodable(
      bytes.length < SIGNATURE.length
        ? 'is truncated within its first 8 bytes; send the whole file'
        : 'has a signature that was damaged, usually by a transfer in text mode; send it as binary data',
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let offset = SIGNATURE.length; offset < bytes.length; ) {
    if (offset + FRAME_BYTES > bytes.length) throw cut(`at byte ${bytes.length}, within a chunk header`, bytes.length);
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) {
      throw undecodable(`is damaged: no chunk begins at byte ${offset}; send it again`, { details: { offset } });
    }
    const end = offset + FRAME_BYTES + view.getUint32(offset);
    if (end > bytes.length) throw cut(`at byte ${bytes.length}, in the chunk ${type} at byte ${offset}`, bytes.length);
    yield { type, offset, data: bytes.subarray(offset + 8, end - 4) };
    if (type === 'IEND') return;
    if (++count === MAX_CHUNKS) throw undecodable(`has more than ${MAX_CHUNKS} chunks; save it again`);
    offset = end;
  }
  throw cut(`at byte ${bytes.length}, before its end chunk`, bytes.length);
}

/** The chunk as stored: its data with length, type and checksum. */
export function framed({ data }: Chunk): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset - 8, data.length + FRAME_BYTES);
}

/** Verifies the checksum of a chunk. Reads all of its data. */
export function hasValidChecksum(chunk: Chunk): boolean {
  const whole = framed(chunk);
  const stored = new DataView(whole.buffer, whole.byteOffset, whole.byteLength).getUint32(whole.length - 4);
  return crc32(whole.subarray(4, -4)) === stored;
}

/** Creates a chunk. */
export function chunkBytes(type: string, data: Uint8Array): Uint8Array {
  const whole = new Uint8Array(data.length + FRAME_BYTES);
  const view = new DataView(whole.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) whole[4 + i] = type.charCodeAt(i);
  whole.set(data, 8);
  view.setUint32(data.length + 8, crc32(whole.subarray(4, -4)));
  return whole;
}

export function undecodable(
  problem: string,
  options: ErrorOptions & { details?: Record<string, number | string> } = {},
): ImageError {
  return new ImageError('image-undecodable', `this PNG ${problem}`, options);
}

function cut(where: string, offset: number): ImageError {
  return undecodable(`is truncated ${where}; send the whole file`, { details: { offset } });
}

/**
 * CRC-32 of ISO 3309 (PNG third edition, annex D), four bytes at a time: crcTables[n][byte] is the effect of a byte on the
 * checksum n bytes later.
 */
function crc32(bytes: Uint8Array): number {
  const [now, one, two, three] = crcTables;
  let crc = 0xffffffff;
  let i = 0;
  for (; i + 4 <= bytes.length; i += 4) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc = three[crc & 255]! ^ two[(crc >>> 8) & 255]! ^ one[(crc >>> 16) & 255]! ^ now[crc >>> 24]!;
  }
  for (; i < bytes.length; i++) crc = now[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

const crcTables = (() => {
  const now = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
    return crc;
  });
  const later = (table: Int32Array) => table.map((crc) => now[crc & 255]! ^ (crc >>> 8));
  const one = later(now);
  const two = later(one);
  return [now, one, two, later(two)] as const;
})();
