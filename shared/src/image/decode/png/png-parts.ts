/**
 * The chunks of a PNG that make its image. All others are passed over unread: compressed text, which may inflate to any
 * size, and an animation's (APNG) frames, so that its still image is left.
 */
import { ImageError } from '../../image-error.ts';
import { type Chunk, hasValidChecksum, undecodable, walkChunks } from './chunks.ts';
import type { PngHeader } from './header.ts';

/** Read by name, the first of each; damaged ones count for absent, as with libpng, but for PLTE. */
const usedTypes = ['PLTE', 'tRNS', 'eXIf', 'cICP', 'iCCP', 'sRGB', 'gAMA', 'cHRM'] as const;
type UsedType = (typeof usedTypes)[number];

/** PNG third edition, 5.6: the others have no meaning behind the image data. */
const mayFollowImage: ReadonlySet<string> = new Set<UsedType>(['eXIf']);

export interface PngParts {
  /** The data of a chunk, where there is one. */
  readonly used: Partial<Record<UsedType, Uint8Array>>;
  /** Compressed bytes of the image, all its chunks together. */
  readonly compressed: number;
  /** The image's chunks: those that follow each other directly. Can be walked again. */
  readonly data: Iterable<Chunk>;
  /** What is wrong behind them: the file's end lacks, or is garbage. Of no account where the image is whole. */
  readonly broken: ImageError | undefined;
}

/**
 * Walks all chunks, to the end, and checks the checksums of those that are critical.
 *
 * @throws {ImageError} image-undecodable with the `offset` of the damage
 */
export function readPngParts(bytes: Uint8Array, header: PngHeader): PngParts {
  const used: Partial<Record<UsedType, Uint8Array>> = {};
  let compressed = 0;
  let broken: ImageError | undefined;
  let state: 'before' | 'within' | 'behind' = 'before';
  for (const chunk of walkUntilBroken(bytes)) {
    if (chunk instanceof ImageError) {
      if (state === 'before') throw chunk;
      broken = chunk;
      break;
    }
    const { type, data } = chunk;
    if (/^[A-Z]/.test(type)) checkCritical(chunk, header);
    if (type === 'IDAT') {
      if (state !== 'behind') compressed += data.length;
      if (state === 'before') state = 'within';
      continue;
    }
    if (state === 'within') state = 'behind';
    if (!isUsed(type) || used[type] || (state === 'behind' && !mayFollowImage.has(type))) continue;
    if (hasValidChecksum(chunk)) used[type] = data;
  }
  if (header.colorType === 3) checkPalette(used.PLTE);
  return { used, compressed, broken, data: { [Symbol.iterator]: () => imageChunks(bytes, compressed) } };
}

/** The error comes as the last chunk, so that the reader can see how far the file went. */
function* walkUntilBroken(bytes: Uint8Array): Generator<Chunk | ImageError, void> {
  try {
    yield* walkChunks(bytes);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    yield error;
  }
}

function checkCritical(chunk: Chunk, { colorType }: PngHeader): void {
  const { type, offset } = chunk;
  if (type === 'IEND' || (type === 'PLTE' && colorType !== 3)) return;
  if (!['IHDR', 'PLTE', 'IDAT'].includes(type)) {
    throw undecodable(`has a chunk that is in no standard, ${type}; save it as a plain PNG`, { details: { offset } });
  }
  if (!hasValidChecksum(chunk)) {
    throw undecodable(`is damaged in chunk ${type} of byte ${offset}; send it again`, { details: { offset } });
  }
}

/** PNG third edition, 11.2.2. */
function checkPalette(palette: Uint8Array | undefined): void {
  const length = palette?.length ?? 0;
  if (length > 0 && length % 3 === 0 && length <= 3 * 256) return;
  throw undecodable(`has a palette (PLTE) of ${length} bytes, where 3 to 768 should be; save it anew`);
}

function* imageChunks(bytes: Uint8Array, compressed: number): Generator<Chunk, void> {
  let left = compressed;
  for (const chunk of walkChunks(bytes)) {
    if (chunk.type !== 'IDAT') continue;
    yield chunk;
    left -= chunk.data.length;
    // The next chunk may be broken.
    if (left === 0) return;
  }
}

function isUsed(type: string): type is UsedType {
  return (usedTypes as readonly string[]).includes(type);
}
