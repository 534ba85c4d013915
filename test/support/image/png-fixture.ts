/** Creates PNGs of every kind for tests, including damaged ones. Sharp writes only some kinds. */
import { crc32, deflateSync } from 'node:zlib';
import { SIGNATURE } from '@glimpse/shared/image/decode/png/chunks';

interface Declared {
  width: number;
  height: number;
  depth: 1 | 2 | 4 | 8 | 16;
  colorType: 0 | 2 | 3 | 4 | 6;
  interlaced?: boolean;
}

interface Extras {
  /** Chunks between IHDR and IDAT. */
  before?: readonly Uint8Array[];
  /** Chunks between IDAT and IEND. */
  behind?: readonly Uint8Array[];
}

export interface PngFixture extends Declared, Extras {
  /** Rows as they are before filtering: packed samples, 16 bits big endian. Not interlaced. */
  rows: readonly (readonly number[])[];
}

export interface SampledFixture extends Declared, Extras {
  /** [height, width, samples], in the range of the depth. */
  samples: Uint16Array;
  /** The filter of a row, by row number. */
  filterOf?: (row: number) => number;
  /** Bytes per IDAT chunk. */
  piece?: number;
}

export function chunk(type: string, data: ArrayLike<number> = []): Uint8Array {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), 8 + data.length);
  return new Uint8Array(bytes);
}

export function header({ width, height, depth, colorType, interlaced }: Declared): Uint8Array {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data[8] = depth;
  data[9] = colorType;
  data[12] = interlaced ? 1 : 0;
  return chunk('IHDR', data);
}

/** Rows with filter 0, compressed. */
export function imageData(rows: readonly (readonly number[])[]): Uint8Array {
  return deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])));
}

export function png(fixture: PngFixture): Uint8Array {
  return file(fixture, [chunk('IDAT', imageData(fixture.rows))]);
}

/** Like `png`, from samples: filtered, interlaced and split as specified. */
export function pngOf(fixture: SampledFixture): Uint8Array {
  const data = deflateSync(Buffer.concat(filteredRows(fixture)), { level: 3 });
  const { piece = 65536 } = fixture;
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += piece) pieces.push(chunk('IDAT', data.subarray(at, at + piece)));
  return file(fixture, pieces);
}

export function samplesPerPixel(colorType: Declared['colorType']): number {
  return { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colorType];
}

/** The Adam7 pass of each pixel of an 8 x 8 tile, from the drawing in the standard. */
const TILE = ['16462646', '77777777', '56565656', '77777777', '36463646', '77777777', '56565656', '77777777'];

function filteredRows({ width, height, depth, colorType, interlaced, samples, filterOf }: SampledFixture): Buffer[] {
  const perPixel = samplesPerPixel(colorType);
  const step = Math.max(1, (perPixel * depth) >> 3);
  const rows: Buffer[] = [];
  let count = 0;
  for (const pass of interlaced ? '1234567' : ' ') {
    let above: Buffer | undefined;
    for (let y = 0; y < height; y++) {
      const row: number[] = [];
      for (let x = 0; x < width; x++) {
        if (interlaced && TILE[y % 8]![x % 8] !== pass) continue;
        for (let i = 0; i < perPixel; i++) row.push(samples[(y * width + x) * perPixel + i]!);
      }
      if (row.length === 0) continue;
      const stored = packed(row, depth);
      rows.push(filtered(stored, above ?? Buffer.alloc(stored.length), filterOf?.(count++) ?? 0, step));
      above = stored;
    }
  }
  return rows;
}

function packed(samples: readonly number[], depth: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil((samples.length * depth) / 8));
  for (const [i, sample] of samples.entries()) {
    if (depth === 16) bytes.writeUInt16BE(sample, i * 2);
    else bytes[(i * depth) >> 3]! |= sample << (8 - depth - ((i * depth) & 7));
  }
  return bytes;
}

function filtered(row: Buffer, above: Buffer, filter: number, step: number): Buffer {
  const bytes = Buffer.alloc(row.length + 1);
  bytes[0] = filter;
  for (const [i, value] of row.entries()) {
    const left = row[i - step] ?? 0;
    const up = above[i]!;
    const corner = i < step ? 0 : above[i - step]!;
    const near = (each: number) => Math.abs(left + up - corner - each);
    const paeth = near(left) <= near(up) && near(left) <= near(corner) ? left : near(up) <= near(corner) ? up : corner;
    bytes[i + 1] = value - [0, left, up, (left + up) >> 1, paeth][filter]!;
  }
  return bytes;
}

function file(fixture: Declared & Extras, data: readonly Uint8Array[]): Uint8Array {
  const { before = [], behind = [] } = fixture;
  return joined(SIGNATURE, header(fixture), ...before, ...data, ...behind, chunk('IEND'));
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
