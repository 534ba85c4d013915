/** JPEG: baseline and progressive, 8 bit, grey or colour, by @jsquash/jpeg. Holds the whole picture while it works. */
import { fitPicture } from '../../fit-picture.ts';
import type { InputContract } from '../../input-contract.ts';
import { turnSize } from '../../orientation.ts';
import { PictureError } from '../../picture-error.ts';
import { CodecError } from '../codec-instance.ts';
import type { Decoder, Picture, PictureLimits } from '../decoder.ts';
import { checkPixelLimit } from '../pixel-limit.ts';
import { type JpegHeader, readJpegHeader } from './header.ts';
import { mozjpeg } from './mozjpeg.ts';

/**
 * A block of 8 x 8 takes a bit at the very least, and subsampling leaves at least a quarter of the blocks. A file that
 * declares more is made to exhaust memory.
 */
const MOST_PIXELS_A_BYTE = 8 * 64 * 4;

/** Encoders write about 10. Each costs a pass over the picture, and an empty one takes a dozen bytes. */
const MOST_SCANS = 100;

/** Of libjpeg's warnings, those after which part of the picture is made up. The others leave it whole. */
const PICTURE_LOST = /premature end|bad Huffman code|instead of RST/i;

/** @param module compiled `@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm` */
export function jpegDecoder(module: WebAssembly.Module): Decoder {
  const decodeFile = mozjpeg(module);

  async function decode(bytes: Uint8Array, target: InputContract, limits: PictureLimits): Promise<Picture> {
    const header = readJpegHeader(bytes);
    checkPixelLimit(header, limits);
    checkSupported(header);
    checkPlausible(header, bytes.length);
    const file = header.ended ? bytes : withEnd(bytes, header);
    const { lost, pixels } = await decodeFile(file, (picture, warnings) => ({
      // Where the end was put there, any warning means that the picture did not reach it.
      lost: warnings.find((warning) => !header.ended || PICTURE_LOST.test(warning)),
      pixels: fitPicture(picture, header.orientation, target),
    })).catch((cause) => {
      if (!(cause instanceof CodecError)) throw cause;
      throw undecodable(`does not decode (${cause.message}); save it anew`, cause);
    });
    if (lost !== undefined) throw undecodable(`is cut or damaged (${lost}); send the whole file`);
    return { format: 'jpeg', ...turnSize({ width: header.width, height: header.height }, header.orientation), pixels };
  }
  return { format: 'jpeg', decode };
}

function checkSupported({ width, height, precision, components, process }: JpegHeader): void {
  if (process === 'lossless' || process === 'hierarchical' || process === 'arithmetic') {
    throw undecodable(`is of the ${process} kind, which is not read; save it as baseline or progressive JPEG`);
  }
  if (precision !== 8) throw undecodable(`has ${precision} bits a sample; save it with 8`);
  if (components === 4) throw undecodable('is CMYK, which is for print; save it as RGB');
  if (components !== 1 && components !== 3) throw undecodable(`has ${components} components; save it as RGB`);
  if (width === 0 || height === 0) throw undecodable(`declares no size (${width} x ${height}); save it anew`);
}

function checkPlausible({ width, height, scans }: JpegHeader, length: number): void {
  if (scans.length === 0) throw undecodable('ends before its picture begins; send the whole file');
  if (scans.length > MOST_SCANS) throw undecodable(`has ${scans.length} scans; at most ${MOST_SCANS} are read`);
  if (width * height > length * MOST_PIXELS_A_BYTE) {
    throw undecodable(`declares ${width} x ${height} pixels, which ${length} bytes cannot hold; send the whole file`);
  }
}

/**
 * Some cameras leave the end marker off. libjpeg then warns of a premature end whether the picture is whole or not; with
 * a marker put there it warns only where data lacks. Where whole scans may lack it cannot tell: those are refused.
 */
function withEnd(bytes: Uint8Array, { process, components, scans }: JpegHeader): Uint8Array {
  if (process === 'progressive' || scans.length !== 1 || scans[0] !== components) {
    throw undecodable('ends without its end marker, so part of it may be missing; send the whole file');
  }
  // The first half of the marker may be there.
  const length = bytes.at(-1) === 0xff ? bytes.length - 1 : bytes.length;
  const ended = new Uint8Array(length + 2);
  ended.set(bytes.subarray(0, length));
  ended.set([0xff, 0xd9], length);
  return ended;
}

function undecodable(problem: string, cause?: unknown): PictureError {
  return new PictureError('picture-undecodable', `this JPEG ${problem}`, cause === undefined ? {} : { cause });
}
