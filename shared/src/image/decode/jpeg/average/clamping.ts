/**
 * The effect of clamping. Decoders clamp each sample to 0-255 (implied by ITU-T T.81, A.3.1 and F.1.1.3), then each color.
 * Sharp edges overshoot, so clamping visibly darkens, for example, strongly compressed black text on white. Means over cells
 * cannot show this, so the MCUs in question, few in photos, are examined pixel by pixel, and the deltas of clamping are
 * added to the cells.
 */
import { MAX_CLAMPED_BLOCKS } from '../limits.ts';
import type { SeenBlocks } from '../scan/scanned-component.ts';
import { type ColorModel, fromInks } from './color-convert.ts';
import { addCoefficient, addDc, type Component, flushPending } from './component.ts';
import { forwardDct, inverseDct } from './dct.ts';
import type { Upsampling } from './upsampling.ts';

/** Provides the blocks of the MCU that is examined. */
export interface BlockSource {
  /**
   * @param index of the component
   * @param place of the block within the MCU, in scan order
   * @param block all zero; receives the dequantized coefficients, by v * 8 + u
   * @returns the last v with a coefficient that is not zero, plus 1
   */
  load(index: number, place: number, block: Float64Array): number;
}

/**
 * Clamping a color, and multiplying inks by black, needs all components of a pixel. For inks, the first three components
 * become red, green and blue in every MCU, because the mean of products is not the product of means.
 */
export interface ColorClamping {
  readonly model: Extract<ColorModel, 'ycbcr' | 'cmyk' | 'ycck'>;
  /** For inks: 0 is full ink. */
  readonly inverted: boolean;
  /** The components of the image, with the layout and weights that they would have without subsampling. */
  readonly components: readonly Component[];
  /** Blocks of an MCU, as if without subsampling. */
  readonly horizontal: number;
  readonly vertical: number;
}

/**
 * In units of the DC coefficient, which is 8 times the mean of a block: the range ends at 128 x 8 = 1024. A little more,
 * because the coefficients hardly ever all add up at one sample.
 */
const OUT_OF_RANGE = 1200;

/** Share of the sum of AC coefficients that counts as spread: most of them do not peak at the most extreme sample. */
export const SPREAD = 2 / 3;

/** A coefficient of n bits is 0.75 x 2^n on average. @param table steps in zigzag order */
export function magnitudeStep(table: Float64Array): number {
  const lowest = table.subarray(1, 20);
  const mean = lowest.reduce((sum, step) => sum + step, 0) / lowest.length;
  return (mean * 0.75 * SPREAD) / 65_536;
}

/** JFIF 1.02, p. 3; the rest of BT.601's matrix follows from these. */
const [RED_CR, GREEN_CB, GREEN_CR, BLUE_CB] = [1.402, 0.344136286, 0.714136286, 1.772];

export class Clamping {
  /** Blocks examined so far. */
  blocksExamined = 0;
  readonly #components: readonly Component[];
  readonly #isClamped: readonly boolean[];
  readonly #color: ColorClamping | null;
  readonly #block = new Float64Array(64);
  /** By component: the samples of an MCU, in rows of its own width. */
  readonly #samples: readonly Float64Array[];
  readonly #pixels: readonly Float64Array[];

  /** @param isClamped by component: whether its samples are clamped here, and not later as cells of one pixel each */
  constructor(components: readonly Component[], isClamped: readonly boolean[], color: ColorClamping | null) {
    this.#components = components;
    this.#isClamped = isClamped;
    this.#color = color;
    this.#samples = components.map(({ horizontal, vertical }) => new Float64Array(64 * horizontal * vertical));
    const pixels = color ? 64 * color.horizontal * color.vertical : 0;
    this.#pixels = components.map(() => new Float64Array(pixels));
  }

  /** Whether an MCU may contain samples or colors out of range. @param seen by component; is reset */
  suspects(seen: readonly SeenBlocks[]): boolean {
    const inks = this.#color !== null && this.#color.model !== 'ycbcr';
    let suspect = inks || (this.#color !== null && suspectsColors(seen));
    for (let i = 0; i < seen.length; i++) {
      const blocks = seen[i]!;
      const { range } = blocks;
      if (this.#isClamped[i] && (range[0]! > OUT_OF_RANGE || range[1]! < -OUT_OF_RANGE)) suspect = true;
      blocks.reset();
    }
    return suspect && (inks || this.blocksExamined < MAX_CLAMPED_BLOCKS);
  }

  /** Adds the deltas of clamping an MCU to the cells. The MCU has all components or a single block. */
  clamp(column: number, row: number, source: BlockSource, indices: readonly number[]): void {
    const single = indices.length === 1;
    for (const index of indices) {
      const component = this.#components[index]!;
      const across = single ? 1 : component.horizontal;
      const down = single ? 1 : component.vertical;
      for (let place = 0, v = 0; v < down; v++) {
        for (let h = 0; h < across; h++, place++) {
          const block = this.#block.fill(0);
          inverseDct(block, source.load(index, place, block));
          this.blocksExamined++;
          storeSamples(block, this.#samples[index]!, (v * across * 8 + h) * 8, across * 8, this.#isClamped[index]!);
          if (this.#isClamped[index] && toClampDeltas(block))
            addDelta(component, column * across + h, row * down + v, block);
        }
      }
    }
    if (this.#color && !single) this.#clampColors(this.#color, column, row);
  }

  #clampColors(color: ColorClamping, column: number, row: number): void {
    const { components, horizontal, vertical, model, inverted } = color;
    const planes = this.#components.map((component, i) =>
      upsample(component, this.#samples[i]!, this.#pixels[i]!, horizontal * 8, vertical * 8),
    );
    const across = horizontal * 8;
    for (let v = 0; v < vertical; v++) {
      for (let h = 0; h < horizontal; h++) {
        const first = (v * across + h) * 8;
        if (model !== 'ycbcr') inkDeltas(planes, model, inverted, first, across);
        else if (!clampTile(planes, first, across)) continue;
        for (let i = 0; i < 3; i++) {
          addDelta(components[i]!, column * horizontal + h, row * vertical + v, tileDeltas[i]!);
        }
      }
    }
  }
}

function suspectsColors(seen: readonly SeenBlocks[]): boolean {
  const luma = seen[0]!.range;
  const blue = seen[1]!.range;
  const red = seen[2]!.range;
  const max = OUT_OF_RANGE - luma[0]!;
  const min = -OUT_OF_RANGE - luma[1]!;
  // Separate comparisons, because they are easy to predict for a processor. Finding the maximum first is not.
  return (
    BLUE_CB * blue[0]! > max ||
    RED_CR * red[0]! > max ||
    -GREEN_CB * blue[1]! - GREEN_CR * red[1]! > max ||
    BLUE_CB * blue[1]! < min ||
    RED_CR * red[1]! < min ||
    -GREEN_CB * blue[0]! - GREEN_CR * red[0]! < min
  );
}

/** Copies the samples of a block, clamped or not, to their position in the MCU. */
function storeSamples(
  block: Float64Array,
  samples: Float64Array,
  first: number,
  across: number,
  isClamped: boolean,
): void {
  for (let y = 0, from = 0, to = first; y < 8; y++, to += across) {
    for (let x = 0; x < 8; x++, from++) {
      const sample = block[from]!;
      samples[to + x] = isClamped ? sample + clampDelta(sample) : sample;
    }
  }
}

/** What clamping adds to a sample (before the level shift). */
function clampDelta(sample: number): number {
  if (sample > 127) return 127 - sample;
  return sample < -128 ? -128 - sample : 0;
}

/** In place: samples → what clamping adds to each. @returns whether any delta is not zero */
function toClampDeltas(block: Float64Array): boolean {
  let any = false;
  for (let i = 0; i < 64; i++) {
    const delta = clampDelta(block[i]!);
    block[i] = delta;
    if (delta !== 0) any = true;
  }
  return any;
}

/** Adds sample deltas to the cells of a block, by way of their coefficients. @param delta is overwritten */
function addDelta(component: Component, column: number, row: number, delta: Float64Array): void {
  const across = component.columns.ac[column] ? 8 : 1;
  const down = component.rows.ac[row] ? 8 : 1;
  if (across === 1 && down === 1) {
    let sum = 0;
    for (let i = 0; i < 64; i++) sum += delta[i]!;
    addDc(component, column, row, sum / 8);
  } else {
    forwardDct(delta);
    for (let v = 0; v < down; v++) {
      for (let u = 0; u < across; u++) addCoefficient(component, column, row, v * 8 + u, delta[v * 8 + u]!);
    }
  }
  if (component.pendingRows !== 0) flushPending(component, column, row);
}

/** The samples of an MCU → its pixels. At its border, samples are repeated: that affects only the deltas of clamping. */
function upsample(
  { upsampling, horizontal, vertical }: Component,
  samples: Float64Array,
  pixels: Float64Array,
  width: number,
  height: number,
): Float64Array {
  const { columns, rows } = upsampling;
  const samplesAcross = horizontal * 8;
  if (samplesAcross === width && vertical * 8 === height) return samples;
  upsampleTaps(columns, width, samplesAcross, nearColumns, farColumns);
  upsampleTaps(rows, height, vertical * 8, nearRows, farRows);
  for (let y = 0, to = 0; y < height; y++) {
    const near = nearRows[y]! * samplesAcross;
    const far = farRows[y]! * samplesAcross;
    for (let x = 0; x < width; x++, to++) {
      const left = nearColumns[x]!;
      const right = farColumns[x]!;
      pixels[to] =
        0.75 * (0.75 * samples[near + left]! + 0.25 * samples[near + right]!) +
        0.25 * (0.75 * samples[far + left]! + 0.25 * samples[far + right]!);
    }
  }
  return pixels;
}

/** An MCU has at most 32 pixels in each direction. */
const nearColumns = new Uint8Array(32);
const farColumns = new Uint8Array(32);
const nearRows = new Uint8Array(32);
const farRows = new Uint8Array(32);

function upsampleTaps(
  { factor, largestFactor, triangle }: Upsampling,
  pixels: number,
  samples: number,
  near: Uint8Array,
  far: Uint8Array,
) {
  for (let i = 0; i < pixels; i++) {
    near[i] = Math.floor((i * factor) / largestFactor);
    far[i] = triangle ? Math.min(Math.max((i >> 1) + (i & 1 ? 1 : -1), 0), samples - 1) : near[i]!;
  }
}

/** What clamping adds to the first three components of 8 x 8 pixels. */
const tileDeltas = [new Float64Array(64), new Float64Array(64), new Float64Array(64)] as const;

/** Sets `tileDeltas`. @returns whether any color is out of range */
function clampTile(planes: readonly Float64Array[], first: number, across: number): boolean {
  const [luma, blue, red] = planes as [Float64Array, Float64Array, Float64Array];
  let any = false;
  const [toLuma, toBlue, toRed] = tileDeltas;
  for (let y = 0, to = 0, from = first; y < 8; y++, from += across) {
    for (let x = 0; x < 8; x++, to++) {
      const l = luma[from + x]!;
      const cb = blue[from + x]!;
      const cr = red[from + x]!;
      const r = clampDelta(l + RED_CR * cr);
      const g = clampDelta(l - GREEN_CB * cb - GREEN_CR * cr);
      const b = clampDelta(l + BLUE_CB * cb);
      const delta = 0.299 * r + 0.587 * g + 0.114 * b;
      toLuma[to] = delta;
      toBlue[to] = (b - delta) / BLUE_CB;
      toRed[to] = (r - delta) / RED_CR;
      if (r !== 0 || g !== 0 || b !== 0) any = true;
    }
  }
  return any;
}

/** One array for all pixels: one for each tile would add up to megabytes. */
const color = new Float64Array(4);

/** Sets `tileDeltas` to what turns the inks into red, green and blue. */
function inkDeltas(
  planes: readonly Float64Array[],
  model: 'cmyk' | 'ycck',
  inverted: boolean,
  first: number,
  across: number,
): void {
  for (let y = 0, to = 0, from = first; y < 8; y++, from += across) {
    for (let x = 0; x < 8; x++, to++) {
      for (let i = 0; i < 4; i++) color[i] = planes[i]![from + x]! + 128;
      fromInks(color, model, inverted);
      for (let i = 0; i < 3; i++) tileDeltas[i]![to] = color[i]! - 128 - planes[i]![from + x]!;
    }
  }
}
