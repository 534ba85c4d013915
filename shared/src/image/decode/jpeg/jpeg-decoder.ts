/**
 * JPEG → the small image that a model takes as input: baseline, extended sequential and progressive, 8 bits, Huffman
 * (ITU-T T.81). The area average is computed in the coefficient domain, so memory does not grow with the image; see
 * `area-weights.ts`.
 */
import type { ColorHandling, ColorTransform } from '../../color/color-transform.ts';
import { iccColorModel, readIccProfile } from '../../color/icc-profile.ts';
import type { InputContract } from '../../input-contract.ts';
import type { Orientation } from '../../orientation/exif-orientation.ts';
import { turnSize, turnUpright } from '../../orientation/orientation.ts';
import type { DecodedImage, Decoder, ImageLimits } from '../decoder.ts';
import { checkPixelLimit } from '../pixel-limit.ts';
import { WorkMeter } from '../work-meter.ts';
import { colorModel, convertColors } from './average/color-convert.ts';
import { averageRow } from './average/grid.ts';
import { type AppData, iccProfile, readAppSegment } from './bitstream/app-segments.ts';
import { type FrameHeader, readFrameHeader } from './bitstream/frame.ts';
import { readHuffmanTables } from './bitstream/huffman.ts';
import { DHT, DQT, DRI, EOI, findNumberOfLines, isFrame, readSegment, SOS } from './bitstream/markers.ts';
import { readQuantizationTables } from './bitstream/quantization.ts';
import { readScanHeader } from './bitstream/scan-header.ts';
import { MAX_SCANS, SEGMENT_WORK } from './limits.ts';
import { beginScan, hasAllComponents, isComplete, readOpenScans, type Tables } from './scan/image-scan.ts';
import { type ImageState, prepareImage } from './scan/image-state.ts';
import { undecodable } from './undecodable.ts';

/** @param color whether an embedded ICC profile is applied */
export function jpegDecoder(color: ColorHandling = 'srgb'): Decoder {
  return { decode: async (bytes, target, limits) => decodeJpeg(bytes, target, limits, color) };
}

/**
 * Uses at most 8 MB besides the file, regardless of the image (`limits.ts`).
 *
 * @param bytes everything after the first image is ignored
 * @throws {ImageError} image-undecodable, image-too-many-pixels
 */
export function decodeJpeg(
  bytes: Uint8Array,
  target: InputContract,
  limits: ImageLimits,
  color: ColorHandling = 'srgb',
): DecodedImage {
  const tables: Tables = { quantization: [], huffman: { dc: [], ac: [] }, restartInterval: 0 };
  const app: AppData = { iccParts: new Map() };
  const { work = new WorkMeter() } = limits;
  let frame: FrameHeader | undefined;
  let state: ImageState | undefined;
  let orientation: Orientation = 1;
  let scans = 0;
  let lastScanRead = false;
  for (let at = 2; ; ) {
    const segment = readSegment(bytes, at, work);
    if (!segment || segment.code === EOI) {
      // Without an end marker, an image is complete only if nothing can follow and its last scan was read to the end.
      if (state) readOpenScans(state, work);
      const ended = segment !== undefined || (state && isComplete(state) && lastScanRead);
      if (!ended || !state || !hasAllComponents(state)) throw cut(at, bytes);
      break;
    }
    work.spend(SEGMENT_WORK);
    const { code, body } = segment;
    at = segment.end;
    if (code === DQT) readQuantizationTables(body, tables.quantization, work);
    else if (code === DHT) readHuffmanTables(body, tables.huffman, work);
    else if (code === DRI) tables.restartInterval = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
    else if (isFrame(code)) {
      if (frame) throw undecodable('has a second frame header; save it again');
      frame = readFrameHeader(code, body);
      checkPixelLimit(frame, limits);
    } else if (code === SOS) {
      if (!frame) throw undecodable('is damaged: a scan comes before the frame header; save it again');
      const header = readScanHeader(body, frame);
      if (!state) {
        frame = withHeight(frame, bytes, at);
        checkPixelLimit(frame, limits);
        orientation = app.orientation ?? 1;
        const single = !frame.progressive && header.components.length === frame.components.length;
        const asStored = turnSize(target, orientation);
        state = prepareImage(frame, asStored, single, colorModel(frame, app), isInverted(app));
      }
      if (++scans > MAX_SCANS) {
        throw undecodable(`has more than ${MAX_SCANS} scans; save it again`, {
          details: { limit: MAX_SCANS, actual: scans },
        });
      }
      const scan = beginScan(state, header, tables, bytes, at, work);
      at = scan.at;
      lastScanRead = scan.read;
      // What follows a complete sequential image is ignored, even a missing end marker.
      if (!frame.progressive && isComplete(state)) {
        readOpenScans(state, work);
        break;
      }
    } else readAppSegment(segment, app);
  }
  const pixels = toPixels(state, turnSize(target, orientation), app, color);
  return {
    ...turnSize({ width: state.frame.width, height: state.frame.height }, orientation),
    pixels: turnUpright(pixels, turnSize(target, orientation), orientation),
  };
}

function cut(at: number, bytes: Uint8Array) {
  return undecodable(`is truncated: data is missing after byte ${at}; send the whole file`, {
    details: { byte: bytes.length },
  });
}

/** B.2.5: a height of 0 means that a marker after the first scan declares it. */
function withHeight(frame: FrameHeader, bytes: Uint8Array, at: number): FrameHeader {
  if (frame.height > 0) return frame;
  const height = findNumberOfLines(bytes, at);
  if (height === 0) throw undecodable(`declares a size of ${frame.width} x 0; save it again`);
  return { ...frame, height };
}

/** The summed cells → 8-bit pixels [height, width, channels], in the orientation of the stored image. */
function toPixels(
  { grid, components, model }: ImageState,
  { height, width, channels }: InputContract,
  app: AppData,
  color: ColorHandling,
): Uint8Array {
  const cells = components.map(({ sums }) => sums);
  convertColors(cells, model, isInverted(app));
  const toSrgb = color === 'srgb' ? profileTransform(app, components.length) : undefined;
  const pixels = new Uint8Array(height * width * channels);
  const rgb = new Float64Array(width * 3);
  for (let y = 0; y < height; y++) {
    for (const channel of [0, 1, 2]) averageRow(grid, y, cells[channel] ?? cells[0]!, rgb, channel, 3);
    // The embedded profile is applied to the means, of which there are few.
    toSrgb?.(rgb);
    const at = y * width * channels;
    if (channels === 3) writeRgb(rgb, pixels, at);
    else writeGray(rgb, pixels, at);
  }
  return pixels;
}

/** Adobe's programs store inks inverted, and write an Adobe segment. */
function isInverted({ adobe }: AppData): boolean {
  return adobe !== undefined;
}

/** A profile for another color model than that of the image is ignored. */
function profileTransform(app: AppData, components: number): ColorTransform | undefined {
  const profile = iccProfile(app);
  const model = components === 1 ? 'GRAY' : 'RGB ';
  return profile && components < 4 && iccColorModel(profile) === model ? readIccProfile(profile) : undefined;
}

/** Rounds half up, as `areaAverage` does. */
function writeRgb(rgb: Float64Array, pixels: Uint8Array, at: number): void {
  for (let i = 0; i < rgb.length; i++) pixels[at + i] = Math.floor(rgb[i]! + 0.5);
}

/** ITU-R BT.601-7, 2.5.1: luma of the gamma-encoded values. */
function writeGray(rgb: Float64Array, pixels: Uint8Array, at: number): void {
  for (let i = 0, to = at; i < rgb.length; i += 3) {
    pixels[to++] = Math.floor(0.299 * rgb[i]! + 0.587 * rgb[i + 1]! + 0.114 * rgb[i + 2]! + 0.5);
  }
}
