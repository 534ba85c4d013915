/**
 * Components → RGB, on the averaged cells. T.81 leaves colour to applications: JFIF 1.02 (p. 3) defines YCbCr, Adobe's
 * Technical Note 5116 (p. 22) the transforms of its segment.
 */
import type { AppData } from './app-segments.ts';
import type { FrameHeader } from './frame.ts';

export type ColourModel = 'grey' | 'rgb' | 'ycbcr' | 'cmyk' | 'ycck';

/** As libjpeg decides it (jdapimin.c, default_decompress_parms). */
export function colourModel({ components }: FrameHeader, { jfif, adobe }: AppData): ColourModel {
  if (components.length === 1) return 'grey';
  if (components.length === 4) return adobe === undefined || adobe === 0 ? 'cmyk' : 'ycck';
  if (jfif) return 'ycbcr';
  if (adobe !== undefined) return adobe === 0 ? 'rgb' : 'ycbcr';
  return String.fromCharCode(...components.map(({ id }) => id)) === 'RGB' ? 'rgb' : 'ycbcr';
}

/**
 * In place: the first three of the arrays become red, green and blue, 0-255; a single one stays grey.
 *
 * @param cells by component, without the level shift of 128 (T.81, A.3.1)
 * @param inverted CMYK as Adobe stores it: 0 is full ink. Files with its segment do
 */
export function convertColours(cells: readonly Float32Array[], model: ColourModel, inverted: boolean): void {
  for (const values of cells) shiftLevel(values);
  const [first, second, third, black] = cells;
  if (!first || !second || !third) return;
  if (model === 'ycbcr' || model === 'ycck') fromYcc(first, second, third);
  // YCCK, always inverted, was converted as if it were YCbCr: that gives the colours which the inks leave, inverted.
  if (black) for (const ink of [first, second, third]) addBlack(ink, black, model === 'ycck' || !inverted, inverted);
}

function shiftLevel(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = clamp(values[i]! + 128);
}

/** ITU-R BT.601 over the full range. */
function fromYcc(first: Float32Array, second: Float32Array, third: Float32Array): void {
  for (let i = 0; i < first.length; i++) {
    const y = first[i]!;
    const cb = second[i]! - 128;
    const cr = third[i]! - 128;
    first[i] = clamp(y + 1.402 * cr);
    second[i] = clamp(y - 0.344136286 * cb - 0.714136286 * cr);
    third[i] = clamp(y + 1.772 * cb);
  }
}

function addBlack(ink: Float32Array, black: Float32Array, turnInk: boolean, inverted: boolean): void {
  for (let i = 0; i < ink.length; i++) {
    const colour = turnInk ? 255 - ink[i]! : ink[i]!;
    ink[i] = (colour * (inverted ? black[i]! : 255 - black[i]!)) / 255;
  }
}

function clamp(value: number): number {
  return value < 0 ? 0 : Math.min(value, 255);
}
