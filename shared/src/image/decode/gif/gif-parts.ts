/** The blocks of a GIF (GIF89a specification) up to the first image: size, colors, and the start of the compressed data. */
import { ImageError } from '../../image-error.ts';

export interface GifParts {
  /** Size of the whole image. */
  readonly width: number;
  readonly height: number;
  readonly frame: GifFrame;
}

export interface GifFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  /** RGBA by index, 256 entries. */
  readonly colors: Uint8Array;
  /** Initial code size in bits, minus 1. */
  readonly codeSize: number;
  /** Offset of the image block. */
  readonly offset: number;
  /** Offset of the first block of compressed data. */
  readonly dataOffset: number;
}

const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const IMAGE = 0x2c;

/** @throws {ImageError} image-undecodable with the `offset` of the truncation or damage */
export function readGifParts(bytes: Uint8Array): GifParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const need = (end: number) => {
    if (end > bytes.length) throw cut(bytes.length);
  };
  /** Clauses 19 and 21. */
  const readTable = (flags: number): Uint8Array | undefined => {
    if (!(flags & 0x80)) return undefined;
    const begin = at;
    at += 3 << ((flags & 7) + 1);
    need(at);
    return bytes.subarray(begin, at);
  };

  need(13);
  const screen = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  let at = 13;
  const globalTable = readTable(bytes[10]!);
  let transparent = -1;
  for (;;) {
    need(at + 1);
    const block = bytes[at];
    if (block === EXTENSION) {
      need(at + 3);
      if (bytes[at + 1] === GRAPHIC_CONTROL && bytes[at + 2] === 4) {
        need(at + 7);
        transparent = bytes[at + 3]! & 1 ? bytes[at + 6]! : -1;
      }
      at += 2;
      for (;;) {
        need(at + 1);
        const length = bytes[at]!;
        at += 1 + length;
        if (length === 0) break;
      }
    } else if (block === IMAGE) {
      need(at + 10);
      const [left, top, width, height] = [1, 3, 5, 7].map((field) => view.getUint16(at + field, true)) as [
        ...[number, number, number, number],
      ];
      const flags = bytes[at + 9]!;
      const imageOffset = at;
      at += 10;
      const table = readTable(flags) ?? globalTable;
      if (!table)
        throw undecodable(`has an image without colors, at byte ${imageOffset}; save it again`, {
          offset: imageOffset,
        });
      if (width === 0 || height === 0) {
        throw undecodable(`has an image of ${width} x ${height} pixels, at byte ${imageOffset}; save it again`, {
          offset: imageOffset,
        });
      }
      need(at + 1);
      const codeSize = bytes[at]!;
      if (codeSize < 1 || codeSize > 8) {
        throw undecodable(`has an image with an invalid code size of ${codeSize} bits, at byte ${at}; save it again`, {
          offset: at,
        });
      }
      const colors = colorTable(table, transparent);
      return {
        // An image that extends beyond the screen enlarges it, as in browsers. Some files declare no screen size.
        width: Math.max(screen.width, left + width),
        height: Math.max(screen.height, top + height),
        frame: {
          ...{ left, top, width, height, interlaced: (flags & 0x40) !== 0, colors, codeSize },
          ...{ offset: imageOffset, dataOffset: at + 1 },
        },
      };
    } else if (block === 0x3b) {
      throw undecodable(`contains no image up to its end at byte ${at}; send the whole file`, { offset: at });
    } else {
      throw undecodable(`is damaged: no block begins at byte ${at}; send it again`, { offset: at });
    }
  }
}

/** Indices beyond the table are opaque black. */
function colorTable(table: Uint8Array, transparent: number): Uint8Array {
  const colors = new Uint8Array(256 * 4);
  for (let i = 0; i < 256; i++) {
    for (let channel = 0; channel < 3; channel++) colors[i * 4 + channel] = table[i * 3 + channel] ?? 0;
    colors[i * 4 + 3] = i === transparent ? 0 : 255;
  }
  return colors;
}

export function undecodable(problem: string, details: Record<string, number>): ImageError {
  return new ImageError('image-undecodable', `this GIF ${problem}`, { details });
}

export function cut(offset: number): ImageError {
  return undecodable(`is truncated at byte ${offset}; send the whole file`, { offset });
}
