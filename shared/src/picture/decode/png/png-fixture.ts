/** PNGs of every kind for tests, chunk by chunk: sharp writes only some of them, and no broken ones. */
import { crc32, deflateSync } from 'node:zlib';
import { SIGNATURE } from './chunks.ts';

export interface PngFixture {
  width: number;
  height: number;
  depth: 1 | 2 | 4 | 8 | 16;
  colourType: 0 | 2 | 3 | 4 | 6;
  /** Rows as they are before filtering: packed samples, 16 bits big endian. Not interlaced. */
  rows: readonly (readonly number[])[];
  /** Chunks between IHDR and IDAT. */
  before?: readonly Uint8Array[];
  /** Chunks between IDAT and IEND. */
  behind?: readonly Uint8Array[];
}

export function chunk(type: string, data: ArrayLike<number> = []): Uint8Array {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), 8 + data.length);
  return new Uint8Array(bytes);
}

export function header({ width, height, depth, colourType }: Omit<PngFixture, 'rows'>): Uint8Array {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data[8] = depth;
  data[9] = colourType;
  return chunk('IHDR', data);
}

/** Rows with filter 0, compressed. */
export function pictureData(rows: readonly (readonly number[])[]): Uint8Array {
  return deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])));
}

export function png(fixture: PngFixture): Uint8Array {
  return joined(
    SIGNATURE,
    header(fixture),
    ...(fixture.before ?? []),
    chunk('IDAT', pictureData(fixture.rows)),
    ...(fixture.behind ?? []),
    chunk('IEND'),
  );
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
