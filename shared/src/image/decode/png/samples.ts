/**
 * Rows as stored in a PNG → 8-bit RGBA. Lookup tables resolve scaling, palette, transparency and gamma once, instead of for
 * each pixel.
 */
import type { PngHeader } from './header.ts';

/** @returns `rgba`, filled with the pixels of the row, or the row itself if it already is RGBA */
export type ReadRow = (row: Uint8Array, width: number, rgba: Uint8Array) => Uint8Array;

/** A stored sample of 0-1 → an sRGB value of 0-1. Not applied to alpha. */
export type SampleCurve = (value: number) => number;

export interface SampleOptions {
  /** PLTE and tRNS as stored. */
  readonly palette?: Uint8Array | undefined;
  readonly transparency?: Uint8Array | undefined;
  /** From gAMA. Undefined if the samples are sRGB. */
  readonly curve?: SampleCurve | undefined;
}

const OPAQUE = 255;

export function rowReader({ depth, colorType }: PngHeader, options: SampleOptions): ReadRow {
  const transparency = validTransparency(colorType, options);
  if (colorType === 3) return tableReader(depth, paletteTable(options.palette, transparency, options.curve));
  if (colorType === 0 && depth < 16) return tableReader(depth, grayTable(depth, transparency, options.curve));
  if (depth === 16) return reader16(colorType, scale16(options.curve), transparency);
  if (colorType === 6 && !options.curve) return (row) => row;
  return reader8(colorType, scale8(options.curve), transparency);
}

/** PNG third edition, 11.3.1.1. libpng and browsers ignore a tRNS that is too short or too long. */
function validTransparency(colorType: number, { palette, transparency }: SampleOptions): Uint8Array | undefined {
  if (!transparency) return undefined;
  const { length } = transparency;
  const valid =
    (colorType === 0 && length === 2) ||
    (colorType === 2 && length === 6) ||
    (colorType === 3 && length > 0 && length <= (palette?.length ?? 0) / 3);
  return valid ? transparency : undefined;
}

/** RGBA by index. Indices beyond the palette are opaque black, as in libpng. */
function paletteTable(
  palette: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
  curve: SampleCurve | undefined,
): Uint8Array {
  const convert = scale8(curve);
  const table = new Uint8Array(256 * 4);
  for (let i = 0; i < 256; i++) {
    for (let channel = 0; channel < 3; channel++) table[i * 4 + channel] = convert[palette?.[i * 3 + channel] ?? 0]!;
    table[i * 4 + 3] = transparency?.[i] ?? OPAQUE;
  }
  return table;
}

function grayTable(depth: number, transparency: Uint8Array | undefined, curve: SampleCurve | undefined): Uint8Array {
  const values = 1 << depth;
  const convert = scale8(curve);
  // Only the low bits of the stored 16 are used.
  const transparent = transparency ? transparency[1]! & (values - 1) : -1;
  const table = new Uint8Array(values * 4);
  for (let value = 0; value < values; value++) {
    table.fill(convert[(value * 255) / (values - 1)]!, value * 4, value * 4 + 3);
    table[value * 4 + 3] = value === transparent ? 0 : OPAQUE;
  }
  return table;
}

/** For one sample per pixel, of 1 to 8 bits. The first sample of a byte is in its high bits. */
function tableReader(depth: number, table: Uint8Array): ReadRow {
  const colors = new Uint32Array(table.buffer);
  return (row, width, rgba) => {
    // Copies complete pixels, so byte order does not matter.
    const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, width);
    if (depth === 8) {
      for (let x = 0; x < width; x++) pixels[x] = colors[row[x]!]!;
      return rgba;
    }
    const mask = (1 << depth) - 1;
    for (let x = 0, bit = 0; x < width; x++, bit += depth) {
      pixels[x] = colors[(row[bit >> 3]! >> (8 - depth - (bit & 7))) & mask]!;
    }
    return rgba;
  };
}

function reader8(colorType: number, scale: Uint8Array, transparency: Uint8Array | undefined): ReadRow {
  if (colorType === 4) {
    return (row, width, rgba) => {
      for (let x = 0, from = 0, to = 0; x < width; x++, from += 2, to += 4) {
        const gray = scale[row[from]!]!;
        rgba[to] = gray;
        rgba[to + 1] = gray;
        rgba[to + 2] = gray;
        rgba[to + 3] = row[from + 1]!;
      }
      return rgba;
    };
  }
  if (colorType === 6) {
    return (row, width, rgba) => {
      for (let i = 0; i < width * 4; i += 4) {
        rgba[i] = scale[row[i]!]!;
        rgba[i + 1] = scale[row[i + 1]!]!;
        rgba[i + 2] = scale[row[i + 2]!]!;
        rgba[i + 3] = row[i + 3]!;
      }
      return rgba;
    };
  }
  const transparent = transparency ? (transparency[1]! << 16) | (transparency[3]! << 8) | transparency[5]! : -1;
  return (row, width, rgba) => {
    for (let x = 0, from = 0, to = 0; x < width; x++, from += 3, to += 4) {
      const red = row[from]!;
      const green = row[from + 1]!;
      const blue = row[from + 2]!;
      rgba[to] = scale[red]!;
      rgba[to + 1] = scale[green]!;
      rgba[to + 2] = scale[blue]!;
      rgba[to + 3] = ((red << 16) | (green << 8) | blue) === transparent ? 0 : OPAQUE;
    }
    return rgba;
  };
}

/** The transparent color is compared with all 16 bits, before samples are scaled. */
function reader16(colorType: number, scale: Uint8Array, transparency: Uint8Array | undefined): ReadRow {
  const gray = colorType === 0 || colorType === 4;
  const hasAlpha = colorType === 4 || colorType === 6;
  const colors = gray ? 1 : 3;
  const samples = colors + (hasAlpha ? 1 : 0);
  const alphaScale = scale16(undefined);
  return (row, width, rgba) => {
    for (let x = 0, from = 0, to = 0; x < width; x++, from += samples * 2, to += 4) {
      rgba[to] = scale[(row[from]! << 8) | row[from + 1]!]!;
      rgba[to + 1] = gray ? rgba[to]! : scale[(row[from + 2]! << 8) | row[from + 3]!]!;
      rgba[to + 2] = gray ? rgba[to]! : scale[(row[from + 4]! << 8) | row[from + 5]!]!;
      const alphaAt = from + colors * 2;
      rgba[to + 3] = hasAlpha ? alphaScale[(row[alphaAt]! << 8) | row[alphaAt + 1]!]! : OPAQUE;
      if (transparency?.every((byte, i) => row[from + i] === byte)) rgba[to + 3] = 0;
    }
    return rgba;
  };
}

function scale8(curve: SampleCurve | undefined): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => (curve ? Math.round(curve(value / 255) * 255) : value));
}

let plain16: Uint8Array | undefined;

/** Rounds, unlike readers that drop the low byte, which makes images half a step darker. */
function scale16(curve: SampleCurve | undefined): Uint8Array {
  if (!curve && plain16) return plain16;
  const scale = new Uint8Array(2 ** 16);
  for (let value = 0; value < scale.length; value++) {
    scale[value] = Math.round((curve ? curve(value / 65535) : value / 65535) * 255);
  }
  if (!curve) plain16 = scale;
  return scale;
}
