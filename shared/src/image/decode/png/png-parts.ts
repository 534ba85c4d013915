/**
 * The chunks of a PNG that make up its image. All others are ignored: compressed text, which may inflate to any size, and
 * the frames of an animation (APNG), whose still image is used.
 */
import { ImageError } from '../../image-error.ts';
import { type Chunk, hasValidChecksum, undecodable, walkChunks } from './chunks.ts';
import type { PngHeader } from './header.ts';

/** The first chunk of each type is used. Except for PLTE, damaged chunks are ignored, as in libpng. */
const usedTypes = ['PLTE', 'tRNS', 'eXIf', 'cICP', 'iCCP', 'sRGB', 'gAMA', 'cHRM'] as const;
type UsedType = (typeof usedTypes)[number];

/** PNG third edition, 5.6: the other types are invalid after the image data. */
const mayFollowImage: ReadonlySet<string> = new Set<UsedType>(['eXIf']);

export interface PngParts {
  /** The data of each chunk that is present. */
  readonly used: Partial<Record<UsedType, Uint8Array>>;
  /** Compressed bytes of all image chunks together. */
  readonly compressed: number;
  /** The consecutive chunks of image data. Can be iterated repeatedly. */
  readonly data: Iterable<Chunk>;
  /** An error after the image data: the end of the file is missing or corrupt. Ignored if the image is complete. */
  readonly broken: ImageError | undefined;
}

/**
 * Reads all chunks and verifies the checksums of critical ones.
 *
 * @throws {ImageError} image-undecodable with the `offset` of the damage
 */
export function readPngParts(bytes: Uint8Array, header: PngHeader): PngParts {
  const used: Partial<Record<UsedType, Uint8Array>> = {};
  let compressed = 0;
  let broken: ImageError | undefined;
  let state: 'before' | 'within' | 'after' = 'before';
  for (const chunk of walkUntilBroken(bytes)) {
    if (chunk instanceof ImageError) {
      if (state === 'before') throw chunk;
      broken = chunk;
      break;
    }
    const { type, data } = chunk;
    if (/^[A-Z]/.test(type)) checkCritical(chunk, header);
    if (type === 'IDAT') {
      if (state !== 'after') compressed += data.length;
      if (state === 'before') state = 'within';
      continue;
    }
    if (state === 'within') state = 'after';
    if (!isUsed(type) || used[type] || (state === 'after' && !mayFollowImage.has(type))) continue;
    if (hasValidChecksum(chunk)) used[type] = data;
  }
  if (header.colorType === 3) checkPalette(used.PLTE);
  return { used, compressed, broken, data: { [Symbol.iterator]: () => imageChunks(bytes, compressed) } };
}

/** Yields an error as the last item, so that the caller knows how far the file could be read. */
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
    throw undecodable(`has an unknown critical chunk, ${type}; save it as a plain PNG`, { details: { offset } });
  }
  if (!hasValidChecksum(chunk)) {
    throw undecodable(`is damaged in the chunk ${type} at byte ${offset}; send it again`, { details: { offset } });
  }
}

/** PNG third edition, 11.2.2. */
function checkPalette(palette: Uint8Array | undefined): void {
  const length = palette?.length ?? 0;
  if (length > 0 && length % 3 === 0 && length <= 3 * 256) return;
  throw undecodable(`has a palette (PLTE) of ${length} bytes instead of 3 to 768; save it again`);
}

function* imageChunks(bytes: Uint8Array, compressed: number): Generator<Chunk, void> {
  let left = compressed;
  for (const chunk of walkChunks(bytes)) {
    if (chunk.type !== 'IDAT') continue;
    yield chunk;
    left -= chunk.data.length;
    // The next chunk may be damaged.
    if (left === 0) return;
  }
}

function isUsed(type: string): type is UsedType {
  return (usedTypes as readonly string[]).includes(type);
}
