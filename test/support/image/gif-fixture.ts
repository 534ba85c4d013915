/** Creates GIFs of every kind for tests, including damaged ones, which sharp cannot write. */

export interface GifFixture {
  screen?: { width: number; height: number };
  left?: number;
  top?: number;
  width: number;
  height: number;
  /** Bits per index. */
  depth: number;
  /** Red, green and blue by index, at least 2 ^ depth entries. Global unless `local`. */
  colors: readonly (readonly [number, number, number])[];
  local?: boolean;
  transparent?: number;
  interlaced?: boolean;
  /** [height, width] */
  indices: readonly number[];
  /** Writes a clear code after every N codes. By default only at the beginning, so that the table stays full. */
  clearEvery?: number;
  /** Bytes per block of data. */
  block?: number;
  /** Blocks between the screen and the image. */
  before?: readonly number[];
}

export function gif(fixture: GifFixture): Uint8Array {
  const { left = 0, top = 0, width, height, depth, colors, local = false, transparent, interlaced } = fixture;
  const screen = fixture.screen ?? { width, height };
  const table = colors.flat();
  const tableFlags = 0x80 | (Math.log2(colors.length) - 1);
  const control = transparent === undefined ? [] : [0x21, 0xf9, 4, 1, 0, 0, transparent, 0];
  return Uint8Array.from([
    ...Buffer.from('GIF89a'),
    ...[...u16(screen.width), ...u16(screen.height), local ? 0 : tableFlags, 0, 0],
    ...(local ? [] : table),
    ...(fixture.before ?? []),
    ...control,
    ...[0x2c, ...u16(left), ...u16(top), ...u16(width), ...u16(height)],
    (local ? tableFlags : 0) | (interlaced ? 0x40 : 0),
    ...(local ? table : []),
    Math.max(2, depth),
    ...blocks(packedCodes(fixture), fixture.block ?? 255),
    0x3b,
  ]);
}

/** LZW as defined, with a table of strings. */
function packedCodes({ width, height, depth, indices, interlaced, clearEvery = Infinity }: GifFixture): number[] {
  const codeSize = Math.max(2, depth);
  const rows = Array.from({ length: height }, (_, y) => indices.slice(y * width, (y + 1) * width));
  const order = interlaced
    ? [...pass(height, 0, 8), ...pass(height, 4, 8), ...pass(height, 2, 4), ...pass(height, 1, 2)]
    : rows.keys();
  const stream = [...order].flatMap((y) => rows[y]!);
  const clear = 1 << codeSize;
  const bytes: number[] = [];
  let hold = 0;
  let held = 0;
  let bits = codeSize + 1;
  const put = (code: number) => {
    hold |= code << held;
    for (held += bits; held >= 8; held -= 8) {
      bytes.push(hold & 255);
      hold >>>= 8;
    }
  };
  let table = new Map<string, number>();
  let next = 0;
  let count = 0;
  // A reader adds its entry for a code when it has read the next one: its table is one behind.
  const widen = () => {
    if (next > 1 << bits && bits < 12) bits++;
  };
  const reset = () => {
    put(clear);
    table = new Map(Array.from({ length: clear }, (_, index) => [String.fromCharCode(index), index]));
    next = clear + 2;
    bits = codeSize + 1;
    count = 0;
  };
  reset();
  let phrase = '';
  for (const index of stream) {
    const longer = phrase + String.fromCharCode(index);
    if (table.has(longer)) {
      phrase = longer;
      continue;
    }
    put(table.get(phrase)!);
    if (next < 4096) table.set(longer, next++);
    widen();
    if (++count >= clearEvery) reset();
    phrase = String.fromCharCode(index);
  }
  put(table.get(phrase)!);
  if (next < 4096) next++;
  widen();
  put(clear + 1);
  if (held > 0) bytes.push(hold & 255);
  return bytes;
}

function pass(height: number, start: number, step: number): number[] {
  const rows: number[] = [];
  for (let y = start; y < height; y += step) rows.push(y);
  return rows;
}

function blocks(data: readonly number[], length: number): number[] {
  const result: number[] = [];
  for (let at = 0; at < data.length; at += length) {
    const block = data.slice(at, at + length);
    result.push(block.length, ...block);
  }
  return [...result, 0];
}

function u16(value: number): number[] {
  return [value & 255, value >> 8];
}
