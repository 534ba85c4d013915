/**
 * PNG (third edition) of every color type and depth, interlaced or not, row by row into the area average. Needs the memory of
 * a few rows, regardless of the size. For an animation (APNG), the still image is used.
 *
 * Has its own inflater (inflate/). For 12 megapixels it takes 290 ms of CPU time in Node; the platform's DecompressionStream
 * takes 300-450 ms (200 ms in workerd) and fflate 900 ms. The platform's inflater is unbounded: workerd inflates each input at
 * once, so a file of 260 KB fills 256 MB before its first 4 KB can be read, and errors do not say where the data is damaged.
 * fflate does not verify the checksum, and outputs up to a thousand times the input of each call.
 */
import { AreaAccumulator } from '../../area-average/area-accumulator.ts';
import type { ColorHandling } from '../../color/color-transform.ts';
import type { Curve } from '../../color/rgb-space.ts';
import { ImageError } from '../../image-error.ts';
import type { InputContract } from '../../input-contract.ts';
import { exifOrientation } from '../../orientation/exif-orientation.ts';
import { turnSize, turnUpright } from '../../orientation/orientation.ts';
import type { DecodedImage, Decoder, ImageLimits } from '../decoder.ts';
import { checkPixelLimit } from '../pixel-limit.ts';
import { WorkMeter } from '../work-meter.ts';
import { undecodable, walkChunks } from './chunks.ts';
import { type PngHeader, readPngHeader } from './header.ts';
import { BYTE_WORK, MAX_EXPANSION, MAX_SIDE, PIXEL_WORK, ROW_WORK, WIDE_PIXEL_WORK } from './limits.ts';
import { inflatedBytes, type Pass, passesOf } from './passes.ts';
import { pngColor } from './png-color.ts';
import { type PngParts, readPngParts } from './png-parts.ts';
import { RowSource } from './row-source.ts';
import { rowReader } from './samples.ts';

export function pngDecoder(color: ColorHandling = 'srgb'): Decoder {
  async function decode(bytes: Uint8Array, target: InputContract, limits: ImageLimits): Promise<DecodedImage> {
    const header = readPngHeader(walkChunks(bytes).next().value ?? undefined);
    checkPixelLimit(header, limits);
    const passes = passesOf(header);
    const { work = new WorkMeter() } = limits;
    spendDeclared(header, passes, work);
    const parts = readPngParts(bytes, header);
    if (!parts.broken) checkPlausible(header, passes, parts);

    const { curve, toSrgb } = color === 'srgb' ? pngColor(parts.used, header, work) : {};
    const orientation = parts.used.eXIf ? exifOrientation(parts.used.eXIf) : 1;
    const storedTarget = turnSize(target, orientation);
    const average = new AreaAccumulator(header, storedTarget);
    try {
      addRows(average, header, passes, parts, curve, work);
    } catch (error) {
      // The missing part of the image is after the damage.
      const isLimit = error instanceof ImageError && error.details.limit !== undefined;
      throw error instanceof ImageError && !isLimit ? (parts.broken ?? error) : error;
    }
    return {
      ...turnSize({ width: header.width, height: header.height }, orientation),
      pixels: turnUpright(average.finish(toSrgb), storedTarget, orientation),
    };
  }
  return { decode };
}

/** All rows, in file order. A separate function, so that its memory is released before the averages are written. */
function addRows(
  average: AreaAccumulator,
  header: PngHeader,
  passes: readonly Pass[],
  { used, data }: PngParts,
  curve: Curve | undefined,
  work: WorkMeter,
): void {
  const toRgba = rowReader(header, { palette: used.PLTE, transparency: used.tRNS, curve });
  const rgba = new Uint8Array(header.width * 4);
  const rows = new RowSource(data, header, work);
  for (const pass of passes) {
    rows.beginPass(pass);
    for (let row = 0; row < pass.height; row++) {
      const pixels = toRgba(rows.next(), pass.width, rgba);
      average.addRow(pass.y + row * pass.stepY, pixels, pass.x, pass.stepX);
    }
  }
  rows.end();
}

/** @throws {ImageError} image-too-many-pixels, with `limit` and `actual` */
function spendDeclared({ width, height, depth }: PngHeader, passes: readonly Pass[], work: WorkMeter): void {
  const side = Math.max(width, height);
  if (side > MAX_SIDE) {
    throw new ImageError(
      'image-too-many-pixels',
      `this PNG has a side of ${side} pixels, more than the limit of ${MAX_SIDE}; send a smaller one`,
      { details: { limit: MAX_SIDE, actual: side } },
    );
  }
  const rows = passes.reduce((sum, pass) => sum + pass.height, 0);
  const perPixel = depth === 16 ? WIDE_PIXEL_WORK : PIXEL_WORK;
  const declared = rows * ROW_WORK + width * height * perPixel + inflatedBytes(passes) * BYTE_WORK;
  if (declared > work.limit) {
    const limit = Math.floor((width * height * work.limit) / declared);
    throw new ImageError(
      'image-too-many-pixels',
      `the image has ${width} x ${height} = ${width * height} pixels, more than the limit of ${limit} for a PNG of its kind; ` +
        'send a smaller one, or a JPEG',
      { details: { limit, actual: width * height } },
    );
  }
  work.spend(declared);
}

function checkPlausible({ width, height }: PngHeader, passes: readonly Pass[], { compressed }: PngParts): void {
  if (inflatedBytes(passes) <= compressed * MAX_EXPANSION) return;
  throw undecodable(
    `declares ${width} x ${height} pixels, which its ${compressed} bytes of image data cannot hold; send the whole file`,
    { details: { compressed } },
  );
}
