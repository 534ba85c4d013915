/**
 * WebP (RFC 9649): lossy, lossless, with alpha. For an animation, the first frame, on a transparent canvas. Uses libwebp,
 * which decodes the whole frame, so the size is checked against a memory limit first.
 */
import { AreaAccumulator } from '../../area-average/area-accumulator.ts';
import type { RgbaImage } from '../../area-average/area-average.ts';
import type { ColorHandling } from '../../color/color-transform.ts';
import { readIccProfile } from '../../color/icc-profile.ts';
import { ImageError } from '../../image-error.ts';
import type { InputContract } from '../../input-contract.ts';
import { exifOrientation } from '../../orientation/exif-orientation.ts';
import { turnSize, turnUpright } from '../../orientation/orientation.ts';
import { CodecError, CodecMemoryError } from '../codec-instance.ts';
import type { DecodedImage, Decoder, ImageLimits } from '../decoder.ts';
import { checkPixelLimit } from '../pixel-limit.ts';
import { WorkMeter } from '../work-meter.ts';
import { LOSSLESS_BYTE_WORK, LOSSY_BYTE_WORK, MAX_SIDE, maxDecodedPixels, PIXEL_WORK } from './limits.ts';
import { riffFile, undecodable } from './riff.ts';
import { readWebpParts, type WebpFrame } from './webp-parts.ts';

/** @param module compiled `@jsquash/webp/codec/dec/webp_dec.wasm` */
export function webpDecoder(module: WebAssembly.Module, color: ColorHandling = 'srgb'): Decoder {
  let loaded: ReturnType<typeof load> | undefined;
  async function load() {
    const { libwebp } = await import('./libwebp.ts');
    return libwebp(module);
  }

  async function decode(bytes: Uint8Array, target: InputContract, limits: ImageLimits): Promise<DecodedImage> {
    const { width, height, frame, exif, icc } = readWebpParts(bytes);
    checkPixelLimit({ width, height }, limits);
    checkSide(Math.max(width, height));
    checkMemory(frame);
    const { work = new WorkMeter() } = limits;
    work.spend(width * height * PIXEL_WORK);
    for (const { type, data } of frame.chunks) {
      work.spend(data.length * (type === 'VP8 ' ? LOSSY_BYTE_WORK : LOSSLESS_BYTE_WORK));
    }
    const orientation = exif ? exifOrientation(exif) : 1;
    const storedTarget = turnSize(target, orientation);
    const toSrgb = color === 'srgb' && icc ? readIccProfile(icc) : undefined;
    loaded ??= load();
    const decodeFile = await loaded;
    const pixels = await decodeFile(stillFile(frame), (image) => {
      const average = new AreaAccumulator({ width, height }, storedTarget);
      addCanvas(average, { width, height }, image, frame);
      return average.finish(toSrgb);
    }).catch((cause) => {
      if (!(cause instanceof CodecError)) throw cause;
      const offset = frame.chunks.at(-1)?.offset ?? 0;
      if (cause instanceof CodecMemoryError) {
        const { limit, actual } = cause;
        throw undecodable(
          `needs more than ${limit} bytes of memory to decode; send a smaller one, or a JPEG`,
          { offset, limit, actual },
          cause,
        );
      }
      throw undecodable(
        `contains an image, at byte ${offset}, that does not decode; send or save it again`,
        { offset },
        cause,
      );
    });
    return {
      ...turnSize({ width, height }, orientation),
      pixels: turnUpright(pixels, storedTarget, orientation),
    };
  }
  return { decode };
}

/** @throws {ImageError} image-too-many-pixels, with `limit` and `actual` */
function checkSide(actual: number): void {
  if (actual <= MAX_SIDE) return;
  throw new ImageError(
    'image-too-many-pixels',
    `this WebP has a side of ${actual} pixels, more than the limit of ${MAX_SIDE}; send a smaller one`,
    { details: { limit: MAX_SIDE, actual } },
  );
}

/** @throws {ImageError} image-too-many-pixels, with `limit` and `actual` */
function checkMemory({ width, height, lossless, chunks }: WebpFrame): void {
  const fileBytes = chunks.reduce((sum, { data }) => sum + data.length, 0);
  const limit = maxDecodedPixels(fileBytes, lossless);
  const actual = width * height;
  if (actual <= limit) return;
  throw new ImageError(
    'image-too-many-pixels',
    `the image has ${width} x ${height} = ${actual} pixels, more than the limit of ` +
      `${limit} for a ${lossless ? 'lossless' : 'lossy'} WebP of ${fileBytes} bytes; send a smaller one, or a JPEG`,
    { details: { limit, actual } },
  );
}

/** A file with only this frame, so that the codec gets neither metadata nor other frames. */
function stillFile({ width, height, chunks }: WebpFrame): Uint8Array {
  if (chunks.length === 1) return riffFile(chunks);
  // RFC 9649, 2.7.1.1: a separate alpha channel requires the extended format with its flag and the size.
  const header = new Uint8Array(10);
  const view = new DataView(header.buffer);
  header[0] = 0x10;
  view.setUint16(4, width - 1, true);
  view.setUint16(7, height - 1, true);
  return riffFile([{ type: 'VP8X', data: header }, ...chunks]);
}

/** Adds the frame at its position on the canvas. The rest of the canvas is transparent. */
function addCanvas(
  average: AreaAccumulator,
  canvas: { width: number; height: number },
  { data, width, height }: RgbaImage,
  { x, y }: WebpFrame,
): void {
  const row = new Uint8Array(canvas.width * 4);
  for (let line = 0; line < canvas.height; line++) {
    const inside = line >= y && line < y + height;
    const from = (line - y) * width * 4;
    if (inside && width === canvas.width) {
      average.addRow(line, data.subarray(from, from + width * 4));
      continue;
    }
    if (inside) row.set(data.subarray(from, from + width * 4), x * 4);
    else row.fill(0);
    average.addRow(line, row);
  }
}
