/**
 * Components → RGB, on the averaged cells. T.81 does not define color spaces: JFIF 1.02 (p. 3) defines YCbCr, Adobe's
 * Technical Note 5116 (p. 22) the transforms of its segment.
 */
import type { AppData } from '../bitstream/app-segments.ts';
import type { FrameHeader } from '../bitstream/frame.ts';

export type ColorModel = 'gray' | 'rgb' | 'ycbcr' | 'cmyk' | 'ycck';

/** The same rules as libjpeg (jdapimin.c, default_decompress_parms). */
export function colorModel({ components }: FrameHeader, { jfif, adobe }: AppData): ColorModel {
  if (components.length === 1) return 'gray';
  if (components.length === 4) return adobe === undefined || adobe === 0 ? 'cmyk' : 'ycck';
  if (jfif) return 'ycbcr';
  if (adobe !== undefined) return adobe === 0 ? 'rgb' : 'ycbcr';
  return String.fromCharCode(...components.map(({ id }) => id)) === 'RGB' ? 'rgb' : 'ycbcr';
}

/**
 * Converts in place: the first three arrays become red, green and blue, 0-255. A single array stays gray.
 *
 * @param cells by component, before the level shift of 128 (T.81, A.3.1)
 * @param inverted 0 is full ink, as in files with an Adobe segment
 */
export function convertColors(cells: readonly Float32Array[], model: ColorModel, inverted: boolean): void {
  for (const values of cells) shiftLevel(values);
  if (model === 'gray' || model === 'rgb') return;
  const color = new Float64Array(cells.length);
  for (let i = 0; i < cells[0]!.length; i++) {
    for (let channel = 0; channel < cells.length; channel++) color[channel] = cells[channel]![i]!;
    if (model === 'ycbcr') fromYcc(color);
    else fromInks(color, model, inverted);
    for (let channel = 0; channel < 3; channel++) cells[channel]![i] = color[channel]!;
  }
}

/** Converts one color of 0-255 in place: CMYK or YCCK → red, green, blue. */
export function fromInks(color: Float64Array, model: 'cmyk' | 'ycck', inverted: boolean): void {
  // YCCK is always inverted. Converting it like YCbCr yields inverted CMY, that is, RGB before the black is applied.
  if (model === 'ycck') fromYcc(color);
  const turned = model === 'ycck' || !inverted;
  const black = inverted ? color[3]! : 255 - color[3]!;
  for (let i = 0; i < 3; i++) color[i] = ((turned ? 255 - color[i]! : color[i]!) * black) / 255;
}

function shiftLevel(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = clamp(values[i]! + 128);
}

/** ITU-R BT.601, full range, in place. */
function fromYcc(color: Float64Array): void {
  const y = color[0]!;
  const cb = color[1]! - 128;
  const cr = color[2]! - 128;
  color[0] = clamp(y + 1.402 * cr);
  color[1] = clamp(y - 0.344136286 * cb - 0.714136286 * cr);
  color[2] = clamp(y + 1.772 * cb);
}

function clamp(value: number): number {
  return value < 0 ? 0 : Math.min(value, 255);
}
