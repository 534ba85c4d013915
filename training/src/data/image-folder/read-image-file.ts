/**
 * Decodes an image file to pixels of the model's size. What the edge takes is read by the edge's own decoders, so that both see
 * the same 8-bit pixels; what only cameras and scanners make (TIFF, AVIF, HEIC) is decoded by sharp and then averaged as
 * the edge would.
 */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { limitsSchema, pixelLimits } from '@glimpse/shared/api/limits';
import { areaAverage, type Target } from '@glimpse/shared/image/area-average/area-average';
import { WorkMeter } from '@glimpse/shared/image/decode/work-meter';
import { otherFormats } from '@glimpse/shared/image/formats';
import { ImageError } from '@glimpse/shared/image/image-error';
import { unnormalized } from '@glimpse/shared/image/input-contract';
import { nodeImageReader } from '@glimpse/shared/image/node';
import { type FileKind, type Sniffed, sniff } from '@glimpse/shared/image/sniff';
import { MAX_FILE_BYTES, MAX_WHOLE_PIXELS } from './limits.ts';

/**
 * Increment it when the decoders' pixels change, so that cached images are decoded again. A test pins the pixels of
 * this revision.
 */
export const DECODER_REVISION = 1;

/** Bytes stored per hash: 128 bits of SHA-256 are enough to distinguish a million files. */
export const HASH_BYTES = 16;

export type ReadFileResult =
  | {
      /** [height, width, channels], 0-255. */
      readonly pixels: Uint8Array;
      /** Hashes of the file's bytes and of the pixels. */
      readonly fileHash: Uint8Array;
      readonly pixelHash: Uint8Array;
    }
  /** Why the file cannot be read, for users. */
  | { readonly reason: string };

export type ReadImageFile = (path: string, size: number) => Promise<ReadFileResult>;

export function imageFileReader(target: Target): ReadImageFile {
  const readImage = nodeImageReader();
  const limits = pixelLimits(limitsSchema.parse({}));
  const contract = unnormalized(target);

  async function decode(bytes: Uint8Array): Promise<Uint8Array> {
    const sniffed = sniff(bytes);
    if (isSharpFormat(sniffed.kind)) return decodeWithSharp(bytes, sniffed, target);
    // The work limit protects a shared Worker. These files are the user's own.
    return (await readImage(bytes, contract, limits, new WorkMeter(Number.POSITIVE_INFINITY))).pixels;
  }

  /** @param size from the listing: a file that is too large or has changed since is not read */
  return async (path, size) => {
    if (size > MAX_FILE_BYTES) return { reason: `larger than ${MAX_FILE_BYTES / 2 ** 20} MiB` };
    try {
      const bytes = await readFile(path);
      if (bytes.length !== size) return { reason: 'changed while the folder was being read' };
      const pixels = await decode(bytes);
      return { pixels, fileHash: hashOf(bytes), pixelHash: hashOf(pixels) };
    } catch (error) {
      return { reason: reasonOf(error as Error) };
    }
  };
}

const sharpFormats = new Set<FileKind>(otherFormats.filter(({ sharp }) => sharp).map(({ kind }) => kind));

export function isSharpFormat(kind: FileKind): boolean {
  return sharpFormats.has(kind);
}

/** The first page or frame, upright, in sRGB. */
async function decodeWithSharp(bytes: Uint8Array, { name }: Sniffed, target: Target): Promise<Uint8Array> {
  // Loaded on demand, because it is large and few folders need it.
  const { default: sharp } = await import('sharp');
  sharp.concurrency(1);
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_WHOLE_PIXELS, failOn: 'truncated' })
      .autoOrient()
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return areaAverage({ data, width: info.width, height: info.height }, target);
  } catch (error) {
    throw new Error(`${name} cannot be decoded (${(error as Error).message}); convert it to JPEG or PNG`);
  }
}

function hashOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest().subarray(0, HASH_BYTES);
}

function reasonOf(error: Error): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'file not found';
  if (!(error instanceof ImageError)) return error.message;
  // The part of the Worker's message after the semicolon addresses API callers.
  const [what] = error.message.split(';');
  if (error.code === 'image-empty') return 'empty file';
  return error.code === 'image-unsupported' ? `${what}; convert it to JPEG or PNG` : what!;
}
