/** PNG of every colour type and depth, interlaced or not, by @jsquash/png. Holds the whole picture while it works. */
import { fitPicture } from '../../fit-picture.ts';
import type { InputContract } from '../../input-contract.ts';
import { turnSize } from '../../orientation.ts';
import { CodecError } from '../codec-instance.ts';
import type { Decoder, Picture, PictureLimits } from '../decoder.ts';
import { checkPixelLimit } from '../pixel-limit.ts';
import { type Chunk, framed, hasValidChecksum, readChunks, SIGNATURE, undecodable } from './chunks.ts';
import { type ColourType, type PngHeader, readPngHeader } from './header.ts';
import { squooshPng } from './squoosh-png.ts';

/** Deflate expands by no more: 258 bytes from 2 bits, plus framing (zlib's own bound). */
const MOST_EXPANSION = 1032;

/** @param module compiled `@jsquash/png/codec/pkg/squoosh_png_bg.wasm` */
export function pngDecoder(module: WebAssembly.Module): Decoder {
  const decodeFile = squooshPng(module);

  async function decode(bytes: Uint8Array, target: InputContract, limits: PictureLimits): Promise<Picture> {
    const chunks = readChunks(bytes);
    const header = readPngHeader(chunks);
    checkPixelLimit(header, limits);
    const needed = neededChunks(chunks, header.colourType);
    checkPlausible(header, needed);
    checkUndamaged(needed);
    const file = [SIGNATURE, ...needed.map(framed)];
    const pixels = await decodeFile(file, (picture) => fitPicture(picture, header.orientation, target)).catch(
      (cause) => {
        if (!(cause instanceof CodecError)) throw cause;
        const offset = needed.find(({ type }) => type === 'IDAT')?.offset ?? 0;
        const problem = `has picture data, in chunk IDAT of byte ${offset}, that do not decode; save it anew`;
        throw undecodable(problem, { cause, details: { offset } });
      },
    );
    return { format: 'png', ...turnSize({ width: header.width, height: header.height }, header.orientation), pixels };
  }
  return { format: 'png', decode };
}

/**
 * Only what makes the pixels goes to the codec, in the standard's order. It would inflate compressed text and colour
 * profiles, of any size, and trip over chunks that nobody needs. What goes with them is meant to: gAMA and iCCP are
 * ignored, and of an animation (APNG) the still picture is left.
 */
function neededChunks(chunks: readonly Chunk[], colourType: ColourType): Chunk[] {
  const unknown = chunks.find(({ type }) => /^[A-Z]/.test(type) && !['IHDR', 'PLTE', 'IDAT', 'IEND'].includes(type));
  if (unknown) throw undecodable(`has a chunk that is in no standard, ${unknown.type}; save it as a plain PNG`);
  const ofType = (type: string) => chunks.filter((chunk) => chunk.type === type);
  return [
    ...ofType('IHDR').slice(0, 1),
    ...(colourType === 3 ? ofType('PLTE').slice(0, 1) : []),
    // Types with an alpha channel may not have it.
    ...(colourType < 4 ? ofType('tRNS').slice(0, 1) : []),
    ...ofType('IDAT'),
    ...ofType('IEND'),
  ];
}

function checkPlausible({ width, height, bitsPerPixel }: PngHeader, chunks: readonly Chunk[]): void {
  const compressed = chunks.reduce((sum, { type, data }) => (type === 'IDAT' ? sum + data.length : sum), 0);
  if (((width * height) / 8) * bitsPerPixel > compressed * MOST_EXPANSION) {
    throw undecodable(
      `declares ${width} x ${height} pixels, which its ${compressed} bytes of picture data cannot hold; send the whole file`,
    );
  }
}

/** The codec passes over checksums, and damaged data often inflates to a picture all the same, only not to this one. */
function checkUndamaged(chunks: readonly Chunk[]): void {
  const damaged = chunks.find((chunk) => !hasValidChecksum(chunk));
  if (!damaged) return;
  const { type, offset } = damaged;
  throw undecodable(`is damaged in chunk ${type} of byte ${offset}; send it again`, { details: { offset } });
}
