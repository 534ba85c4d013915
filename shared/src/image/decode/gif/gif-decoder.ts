/**
 * GIF (87a and 89a): the first image, row by row into the area average, with the memory of a few rows. Uncovered parts of the
 * screen and the transparent color are transparent.
 */
import { AreaAccumulator } from '../../area-average/area-accumulator.ts';
import type { InputContract } from '../../input-contract.ts';
import type { DecodedImage, Decoder, ImageLimits } from '../decoder.ts';
import { checkPixelLimit } from '../pixel-limit.ts';
import { WorkMeter } from '../work-meter.ts';
import { type GifFrame, readGifParts } from './gif-parts.ts';
import { unpackRows } from './lzw.ts';

async function decode(bytes: Uint8Array, target: InputContract, limits: ImageLimits): Promise<DecodedImage> {
  const { width, height, frame } = readGifParts(bytes);
  checkPixelLimit({ width, height }, limits);
  const { work = new WorkMeter() } = limits;
  const average = new AreaAccumulator({ width, height }, target);
  const rgba = new Uint8Array(width * 4);
  for (let y = 0; y < height; y++) {
    if (y < frame.top || y >= frame.top + frame.height) {
      work.spend(ROW_WORK + width * PIXEL_WORK);
      average.addRow(y, rgba);
    }
  }
  const colors = new Uint32Array(frame.colors.buffer);
  // Copies complete pixels, so byte order does not matter.
  const inside = new Uint32Array(rgba.buffer, frame.left * 4, frame.width);
  const order = rowOrder(frame);
  unpackRows({ bytes, ...frame }, frame.width, frame.height, work, (row, index) => {
    work.spend(ROW_WORK + width * PIXEL_WORK);
    for (let x = 0; x < row.length; x++) inside[x] = colors[row[x]!]!;
    average.addRow(frame.top + order(index), rgba);
  });
  return { width, height, pixels: average.finish() };
}

/** Units of work (`work-meter.ts`): a row of the image, and each of its pixels. */
const ROW_WORK = 20;
const PIXEL_WORK = 0.8;

export const gifDecoder: Decoder = { decode };

/** Maps the index of a stored row to its position in the image. Interlaced images have four passes (GIF89a, appendix E). */
function rowOrder({ height, interlaced }: GifFrame): (index: number) => number {
  if (!interlaced) return (index) => index;
  const passes = [
    { start: 0, step: 8 },
    { start: 4, step: 8 },
    { start: 2, step: 4 },
    { start: 1, step: 2 },
  ].map((pass) => ({ ...pass, rows: Math.max(0, Math.ceil((height - pass.start) / pass.step)) }));
  return (index) => {
    let left = index;
    for (const { start, step, rows } of passes) {
      if (left < rows) return start + left * step;
      left -= rows;
    }
    throw new RangeError(`row ${index} of ${height}`);
  };
}
