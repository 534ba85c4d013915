/**
 * A JPEG encoder for tests that writes what sharp cannot: any sampling, restart intervals, scan scripts, 16-bit
 * quantization tables, RGB, CMYK, missing Huffman tables. ITU-T T.81, annexes A, B, F and G.
 */
import { ZIGZAG } from '@glimpse/shared/image/decode/jpeg/bitstream/quantization';
import { STANDARD_AC, STANDARD_DC } from '@glimpse/shared/image/decode/jpeg/bitstream/standard-huffman';

export interface EncoderOptions {
  readonly width: number;
  readonly height: number;
  /** One per component. */
  readonly components: readonly EncoderComponent[];
  /** Quantization step; 1 is the finest. */
  readonly step?: number;
  /** Default: one sequential scan of all components. */
  readonly scans?: readonly EncoderScan[];
  readonly progressive?: boolean;
  readonly restartInterval?: number;
  /** `none` omits them and uses those of T.81, K.3. Progressive images need `flat`, which has all symbols. */
  readonly huffman?: 'standard' | 'none' | 'flat';
  readonly wideTables?: boolean;
  /** Adobe's color transform. Omits the segment if undefined. */
  readonly adobe?: number;
  /** Complete segments that follow SOI. */
  readonly segments?: readonly number[][];
  /** Overrides the frame marker. */
  readonly frame?: number;
  /** Leaves the height to a DNL marker. */
  readonly numberOfLines?: boolean;
}

export interface EncoderComponent {
  readonly id?: number;
  readonly horizontal?: number;
  readonly vertical?: number;
  /** [height, width], 0-255, of the whole image. */
  readonly plane: Uint8Array;
}

export interface EncoderScan {
  readonly components: readonly number[];
  readonly from?: number;
  readonly to?: number;
  readonly high?: number;
  readonly low?: number;
}

interface Coded {
  readonly horizontal: number;
  readonly vertical: number;
  readonly blocksAcross: number;
  readonly blocksDown: number;
  readonly paddedAcross: number;
  /** 64 per block in zigzag order, in rows of complete MCUs. */
  readonly coefficients: Int16Array;
}

/** A typical scan script: spectral selection and successive approximation. */
export function progressiveScript(components: number): EncoderScan[] {
  const all = Array.from({ length: components }, (_, i) => i);
  const each = (scan: Omit<EncoderScan, 'components'>) => all.map((i) => ({ ...scan, components: [i] }));
  return [
    { components: all, from: 0, to: 0, low: 1 },
    ...each({ from: 1, to: 5, low: 2 }),
    ...each({ from: 6, to: 63, low: 2 }),
    ...each({ from: 1, to: 63, high: 2, low: 1 }),
    { components: all, from: 0, to: 0, high: 1, low: 0 },
    ...each({ from: 1, to: 63, high: 1, low: 0 }),
  ];
}

export function encodeJpeg(options: EncoderOptions): Uint8Array {
  const {
    width,
    height,
    progressive = false,
    restartInterval = 0,
    huffman = progressive ? 'flat' : 'standard',
  } = options;
  const steps = Float64Array.from({ length: 64 }, (_, k) => Math.max(1, Math.round((options.step ?? 1) * (1 + k / 8))));
  const largestH = Math.max(...options.components.map(({ horizontal = 1 }) => horizontal));
  const largestV = Math.max(...options.components.map(({ vertical = 1 }) => vertical));
  const mcus = { across: Math.ceil(width / (8 * largestH)), down: Math.ceil(height / (8 * largestV)) };
  const coded = options.components.map((component) => code(component, options, steps, largestH, largestV, mcus));
  const ids = options.components.map(({ id }, i) => id ?? i + 1);
  const out: number[] = [0xff, 0xd8, ...(options.segments ?? []).flat()];
  if (options.adobe !== undefined) out.push(...segment(0xee, ...latin1('Adobe'), 0, 100, 0, 0, 0, 0, options.adobe));
  const wide = options.wideTables ?? false;
  out.push(
    ...segment(0xdb, wide ? 0x10 : 0, ...Array.from(steps, (step) => (wide ? [step >> 8, step & 255] : step)).flat()),
  );
  const lines = options.numberOfLines ? 0 : height;
  out.push(
    ...segment(
      options.frame ?? (progressive ? 0xc2 : 0xc0),
      ...[8, lines >> 8, lines & 255, width >> 8, width & 255, ids.length],
      ...coded.flatMap(({ horizontal, vertical }, i) => [ids[i]!, (horizontal << 4) | vertical, 0]),
    ),
  );
  const tables = huffman === 'flat' ? { dc: standardTables.dc, ac: flatTable } : standardTables;
  if (huffman !== 'none') out.push(...segment(0xc4, 0x00, ...tables.dc), ...segment(0xc4, 0x10, ...tables.ac));
  if (restartInterval > 0) out.push(...segment(0xdd, restartInterval >> 8, restartInterval & 255));
  const scans = options.scans ?? [{ components: ids.map((_, i) => i) }];
  for (const [i, scan] of scans.entries()) {
    const { components, from = 0, to = 63, high = 0, low = 0 } = scan;
    out.push(
      ...segment(
        0xda,
        components.length,
        ...components.flatMap((index) => [ids[index]!, 0]),
        from,
        to,
        (high << 4) | low,
      ),
    );
    const writer = new BitWriter(out, codes(tables.dc), codes(tables.ac));
    writeScan(writer, scan, coded, mcus, restartInterval, progressive);
    if (i === 0 && options.numberOfLines) out.push(...segment(0xdc, height >> 8, height & 255));
  }
  out.push(0xff, 0xd9);
  return Uint8Array.from(out);
}

export function segment(marker: number, ...body: number[]): number[] {
  return [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body];
}

export const latin1 = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));

function code(
  { plane, horizontal = 1, vertical = 1 }: EncoderComponent,
  { width, height }: EncoderOptions,
  steps: Float64Array,
  largestH: number,
  largestV: number,
  mcus: { across: number; down: number },
): Coded {
  const samplesAcross = Math.ceil((width * horizontal) / largestH);
  const samplesDown = Math.ceil((height * vertical) / largestV);
  const paddedAcross = mcus.across * horizontal;
  const paddedDown = mcus.down * vertical;
  const sample = (x: number, y: number) => {
    const sx = Math.min(x, samplesAcross - 1);
    const sy = Math.min(y, samplesDown - 1);
    const from = { x: Math.floor((sx * largestH) / horizontal), y: Math.floor((sy * largestV) / vertical) };
    let sum = 0;
    let count = 0;
    for (let j = from.y; j < Math.max(from.y + 1, ((sy + 1) * largestV) / vertical) && j < height; j++) {
      for (let i = from.x; i < Math.max(from.x + 1, ((sx + 1) * largestH) / horizontal) && i < width; i++, count++) {
        sum += plane[j * width + i]!;
      }
    }
    return sum / count;
  };
  const coefficients = new Int16Array(paddedAcross * paddedDown * 64);
  const block = new Float64Array(64);
  for (let row = 0; row < paddedDown; row++) {
    for (let column = 0; column < paddedAcross; column++) {
      for (let i = 0; i < 64; i++) block[i] = sample(column * 8 + (i & 7), row * 8 + (i >> 3)) - 128;
      const transformed = forwardDct(block);
      const at = (row * paddedAcross + column) * 64;
      for (let k = 0; k < 64; k++) coefficients[at + k] = Math.round(transformed[ZIGZAG[k]!]! / steps[k]!);
    }
  }
  return {
    ...{ horizontal, vertical, paddedAcross, coefficients },
    blocksAcross: Math.ceil(samplesAcross / 8),
    blocksDown: Math.ceil(samplesDown / 8),
  };
}

const basis = Float64Array.from({ length: 64 }, (_, i) =>
  i < 8 ? Math.SQRT1_2 / 2 : Math.cos(((2 * (i & 7) + 1) * (i >> 3) * Math.PI) / 16) / 2,
);

function forwardDct(block: Float64Array): Float64Array {
  const rows = new Float64Array(64);
  for (let y = 0; y < 8; y++) {
    for (let u = 0; u < 8; u++) {
      for (let x = 0; x < 8; x++) rows[y * 8 + u]! += block[y * 8 + x]! * basis[u * 8 + x]!;
    }
  }
  const result = new Float64Array(64);
  for (let v = 0; v < 8; v++) {
    for (let u = 0; u < 8; u++) {
      for (let y = 0; y < 8; y++) result[v * 8 + u]! += rows[y * 8 + u]! * basis[v * 8 + y]!;
    }
  }
  return result;
}

function writeScan(
  writer: BitWriter,
  scan: EncoderScan,
  coded: readonly Coded[],
  mcus: { across: number; down: number },
  restartInterval: number,
  progressive: boolean,
): void {
  const scanned = scan.components.map((index) => coded[index]!);
  const only = scanned.length === 1 ? scanned[0] : undefined;
  const across = only?.blocksAcross ?? mcus.across;
  const down = only?.blocksDown ?? mcus.down;
  const predictors = scanned.map(() => 0);
  for (let mcu = 0; mcu < across * down; mcu++) {
    if (restartInterval > 0 && mcu > 0 && mcu % restartInterval === 0) {
      writer.restart((mcu / restartInterval - 1) & 7);
      predictors.fill(0);
    }
    const x = mcu % across;
    const y = Math.floor(mcu / across);
    for (const [i, { horizontal, vertical, paddedAcross, coefficients }] of scanned.entries()) {
      for (let v = 0; v < (only ? 1 : vertical); v++) {
        for (let h = 0; h < (only ? 1 : horizontal); h++) {
          const column = only ? x : x * horizontal + h;
          const row = only ? y : y * vertical + v;
          const at = (row * paddedAcross + column) * 64;
          const block = coefficients.subarray(at, at + 64);
          if (progressive) predictors[i] = writer.progressiveBlock(block, scan, predictors[i]!);
          else predictors[i] = writer.sequentialBlock(block, predictors[i]!);
        }
      }
    }
  }
  writer.end();
}

type Codes = ReadonlyMap<number, { code: number; length: number }>;

class BitWriter {
  #bits = 0;
  #count = 0;
  #run = 0;
  #correctionsOfRun: number[] = [];
  readonly #out: number[];
  readonly #dc: Codes;
  readonly #ac: Codes;

  constructor(out: number[], dc: Codes, ac: Codes) {
    this.#out = out;
    this.#dc = dc;
    this.#ac = ac;
  }

  sequentialBlock(block: Int16Array, predictor: number): number {
    this.#difference(block[0]! - predictor);
    let run = 0;
    for (let k = 1; k < 64; k++) {
      const value = block[k]!;
      if (value === 0) {
        run++;
        continue;
      }
      for (; run > 15; run -= 16) this.#symbol(this.#ac, 0xf0);
      this.#symbol(this.#ac, (run << 4) | size(value));
      this.#value(value);
      run = 0;
    }
    if (run > 0) this.#symbol(this.#ac, 0);
    return block[0]!;
  }

  progressiveBlock(
    block: Int16Array,
    { from = 0, to = 63, high = 0, low = 0 }: EncoderScan,
    predictor: number,
  ): number {
    if (from > 0) {
      if (high === 0) this.#firstAc(block, from, to, low);
      else this.#refineAc(block, from, to, low);
      return 0;
    }
    const value = block[0]! >> low;
    if (high === 0) this.#difference(value - predictor);
    else this.#put(value & 1, 1);
    return value;
  }

  restart(number: number): void {
    this.end();
    this.#out.push(0xff, 0xd0 + number);
  }

  end(): void {
    this.#endRun();
    if (this.#count > 0) this.#put(0x7f >> (this.#count - 1), 8 - this.#count);
  }

  #firstAc(block: Int16Array, from: number, to: number, low: number): void {
    let run = 0;
    for (let k = from; k <= to; k++) {
      const value = Math.trunc(block[k]! / (1 << low));
      if (value === 0) {
        run++;
        continue;
      }
      this.#endRun();
      for (; run > 15; run -= 16) this.#symbol(this.#ac, 0xf0);
      this.#symbol(this.#ac, (run << 4) | size(value));
      this.#value(value);
      run = 0;
    }
    if (run > 0) this.#addToRun([]);
  }

  #refineAc(block: Int16Array, from: number, to: number, low: number): void {
    const magnitudes = Array.from(block, (value) => Math.abs(value) >> low);
    const last = magnitudes.findLastIndex((magnitude, k) => k >= from && k <= to && magnitude === 1);
    let run = 0;
    let corrections: number[] = [];
    for (let k = from; k <= to; k++) {
      const magnitude = magnitudes[k]!;
      if (magnitude === 0) {
        run++;
        continue;
      }
      for (; run > 15 && k <= last; run -= 16) {
        this.#endRun();
        this.#symbol(this.#ac, 0xf0);
        for (const bit of corrections) this.#put(bit, 1);
        corrections = [];
      }
      if (magnitude > 1) {
        corrections.push(magnitude & 1);
        continue;
      }
      this.#endRun();
      this.#symbol(this.#ac, (run << 4) | 1);
      this.#put(block[k]! < 0 ? 0 : 1, 1);
      for (const bit of corrections) this.#put(bit, 1);
      corrections = [];
      run = 0;
    }
    if (run > 0 || corrections.length > 0) this.#addToRun(corrections);
  }

  #addToRun(corrections: number[]): void {
    this.#run++;
    this.#correctionsOfRun.push(...corrections);
    if (this.#run === 0x7fff) this.#endRun();
  }

  #endRun(): void {
    if (this.#run === 0) return;
    const bits = 31 - Math.clz32(this.#run);
    this.#symbol(this.#ac, bits << 4);
    this.#put(this.#run & ((1 << bits) - 1), bits);
    for (const bit of this.#correctionsOfRun) this.#put(bit, 1);
    this.#run = 0;
    this.#correctionsOfRun = [];
  }

  #difference(difference: number): void {
    this.#symbol(this.#dc, size(difference));
    this.#value(difference);
  }

  #symbol(table: Codes, symbol: number): void {
    const { code, length } = table.get(symbol)!;
    this.#put(code, length);
  }

  #value(value: number): void {
    const bits = size(value);
    this.#put(value < 0 ? value + (1 << bits) - 1 : value, bits);
  }

  #put(value: number, bits: number): void {
    for (let i = bits - 1; i >= 0; i--) {
      this.#bits = (this.#bits << 1) | ((value >> i) & 1);
      if (++this.#count < 8) continue;
      this.#out.push(this.#bits);
      if (this.#bits === 0xff) this.#out.push(0);
      this.#bits = 0;
      this.#count = 0;
    }
  }
}

function size(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

function codes(table: readonly number[]): Codes {
  const result = new Map<number, { code: number; length: number }>();
  let next = 0;
  let at = 16;
  for (let length = 1; length <= 16; length++, next <<= 1) {
    for (let i = 0; i < table[length - 1]!; i++) result.set(table[at++]!, { code: next++, length });
  }
  return result;
}

/** Counts and symbols of a table with all symbols. The codes of the last two have 9 bits. */
const flatTable = [
  ...Array.from({ length: 16 }, (_, i) => (i === 7 ? 254 : i === 8 ? 2 : 0)),
  ...Array.from({ length: 256 }, (_, i) => i),
];

const standardTables = {
  dc: [...STANDARD_DC[0]!.counts, ...STANDARD_DC[0]!.symbols],
  ac: [...STANDARD_AC[0]!.counts, ...STANDARD_AC[0]!.symbols],
};

/**
 * A flat progressive image of any size in few bytes: one bit per block for DC, then AC scans of end-of-band runs, 15 bits
 * for 32,767 blocks.
 */
export function flatProgressive(options: {
  width: number;
  height: number;
  factors: readonly (readonly [horizontal: number, vertical: number])[];
  refinements?: number;
}): Uint8Array {
  const { width, height, factors, refinements = 0 } = options;
  const largest = [0, 1].map((axis) => Math.max(...factors.map((factor) => factor[axis]!)));
  const mcus = Math.ceil(width / (8 * largest[0]!)) * Math.ceil(height / (8 * largest[1]!));
  const blocks = factors.map(([horizontal, vertical]) => mcus * horizontal * vertical);
  const oneCode = (table: number, symbol: number) => segment(0xc4, table, 1, ...new Array(15).fill(0), symbol);
  const scan = (index: number, approximation: number) => {
    const bits = '011111111111111'.repeat(Math.ceil(blocks[index]! / 32_767)).padEnd(4000, '0');
    const data = (bits.match(/.{8}/g) ?? []).flatMap((byte) =>
      byte === '11111111' ? [255, 0] : [Number.parseInt(byte, 2)],
    );
    return [...segment(0xda, 1, index + 1, 0, 1, 63, approximation), ...data];
  };
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  return new Uint8Array(
    Buffer.concat([
      Buffer.of(0xff, 0xd8, ...segment(0xdb, 0, ...new Array(64).fill(1)), ...oneCode(0, 0), ...oneCode(0x10, 0xe0)),
      Buffer.from(
        segment(0xc2, 8, ...size, factors.length, ...factors.flatMap(([h, v], i) => [i + 1, (h << 4) | v, 0])),
      ),
      Buffer.from(segment(0xda, factors.length, ...factors.flatMap((_, i) => [i + 1, 0]), 0, 0, 0)),
      new Uint8Array(Math.ceil(blocks.reduce((sum, count) => sum + count, 0) / 8)),
      Buffer.from(factors.flatMap((_, i) => scan(i, 0x01))),
      ...Array.from({ length: refinements }, () => Buffer.from(scan(0, 0x10))),
      Buffer.of(0xff, 0xd9),
    ]),
  );
}

/** Planes with detail everywhere, in a range that needs no clamping. [height, width] each. */
export function planes(width: number, height: number, count: number): Uint8Array[] {
  let state = 1;
  return Array.from({ length: count }, (_, plane) =>
    Uint8Array.from({ length: width * height }, (_, i) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const slope = (((i % width) * (plane + 1)) / width + i / (width * height)) * 20;
      return 105 + slope + (state >>> 28);
    }),
  );
}
