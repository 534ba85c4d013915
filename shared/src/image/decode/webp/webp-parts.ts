/** The parts of a WebP (RFC 9649, 2.5-2.7), read without decoding: its size, first frame, EXIF and color profile. */
import type { Size } from '../../area-average/cell-grid.ts';
import { type RiffChunk, undecodable, walkChunks, walkFile } from './riff.ts';

export interface WebpParts {
  /** Size of the canvas as stored, before orientation. */
  readonly width: number;
  readonly height: number;
  readonly frame: WebpFrame;
  readonly exif: Uint8Array | undefined;
  readonly icc: Uint8Array | undefined;
}

export interface WebpFrame extends Size {
  /** Position of the upper left corner on the canvas. */
  readonly x: number;
  readonly y: number;
  readonly lossless: boolean;
  /** ALPH, if present, and VP8 or VP8L. */
  readonly chunks: readonly RiffChunk[];
}

/** @throws {ImageError} image-undecodable */
export function readWebpParts(bytes: Uint8Array): WebpParts {
  let canvas: Size | undefined;
  let exif: Uint8Array | undefined;
  let icc: Uint8Array | undefined;
  let frame: WebpFrame | undefined;
  const still: StillChunks = {};
  for (const chunk of walkFile(bytes)) {
    const { type, data } = chunk;
    if (type === 'VP8X') canvas ??= readCanvas(chunk);
    else if (type === 'EXIF') exif ??= data;
    else if (type === 'ICCP') icc ??= data;
    else if (type === 'ANMF') frame ??= readAnimationFrame(chunk);
    else keepStill(still, chunk);
  }
  frame ??= readFrame(still);
  const { width, height } = canvas ?? frame;
  if (frame.x + frame.width > width || frame.y + frame.height > height) {
    throw undecodable(`has a frame that extends beyond its ${width} x ${height} pixels; save it again`);
  }
  return { width, height, frame, exif, icc };
}

/** 2.7.1.1: width and height of the canvas, minus one. */
function readCanvas({ data, offset }: RiffChunk): Size {
  if (data.length < 10) throw damaged('VP8X', offset);
  return { width: uint24(data, 4) + 1, height: uint24(data, 7) + 1 };
}

/** 2.7.1.3. */
function readAnimationFrame({ data, offset }: RiffChunk): WebpFrame {
  if (data.length < 16) throw damaged('ANMF', offset);
  const still: StillChunks = {};
  for (const chunk of walkChunks(data, 16)) keepStill(still, chunk);
  const frame = readFrame(still);
  if (frame.width !== uint24(data, 6) + 1 || frame.height !== uint24(data, 9) + 1) throw damaged('ANMF', offset);
  return { ...frame, x: uint24(data, 0) * 2, y: uint24(data, 3) * 2 };
}

/** Only the first of each is kept, because a file may contain a million. */
interface StillChunks {
  image?: RiffChunk;
  alpha?: RiffChunk;
}

function keepStill(still: StillChunks, chunk: RiffChunk): void {
  if (chunk.type === 'ALPH') still.alpha ??= chunk;
  if (chunk.type === 'VP8 ' || chunk.type === 'VP8L') still.image ??= chunk;
}

function readFrame({ image, alpha }: StillChunks): WebpFrame {
  if (!image) throw undecodable('contains no image; send the whole file');
  const lossless = image.type === 'VP8L';
  const size = lossless ? readLosslessSize(image) : readLossySize(image);
  return { x: 0, y: 0, ...size, lossless, chunks: alpha && !lossless ? [alpha, image] : [image] };
}

/** RFC 6386, 9.1: a key frame's start code, then 14 bits for each side. */
function readLossySize({ data, offset }: RiffChunk): Size {
  const isKeyFrame = data.length >= 10 && (data[0]! & 1) === 0;
  if (!isKeyFrame || data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a) throw damaged('VP8', offset);
  const size = { width: uint16(data, 6) & 0x3fff, height: uint16(data, 8) & 0x3fff };
  if (size.width === 0 || size.height === 0) throw damaged('VP8', offset);
  return size;
}

/** RFC 9649, 3.4: a signature, then 14 bits for each side, minus one. */
function readLosslessSize({ data, offset }: RiffChunk): Size {
  if (data.length < 5 || data[0] !== 0x2f) throw damaged('VP8L', offset);
  const bits = uint16(data, 1) | (uint16(data, 3) << 16);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

function damaged(type: string, offset: number) {
  return undecodable(`is damaged in the chunk ${type} at byte ${offset}; send it again`, { offset });
}

function uint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

function uint24(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) | (bytes[at + 2]! << 16);
}
