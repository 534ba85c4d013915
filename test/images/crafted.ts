/** Files that cost a decoder the most for their size. Each stays within the default limits of the Worker. */
import { deflateSync } from 'node:zlib';
import { SIGNATURE } from '@glimpse/shared/image/decode/png/chunks';
import sharp from 'sharp';
import { flatProgressive, segment } from '../support/image/jpeg-encoder-fixture.ts';
import { chunk, header, joined } from '../support/image/png-fixture.ts';
import { manyAlphaPrefixCodes, manyPrefixCodes } from '../support/image/webp-fixture.ts';
import { jpegPhoto, photo } from './photo.ts';

/** Default of MAX_BODY_BYTES. */
const BODY_BYTES = 25 * 2 ** 20;

export interface Crafted {
  readonly format: 'jpeg' | 'png' | 'gif' | 'webp';
  readonly name: string;
  readonly make: () => Promise<Uint8Array> | Uint8Array;
}

/** Random bytes that do not depend on the machine. */
export function noiseBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state & 255;
  }
  return bytes;
}

function noise(width: number, height: number, channels: 3 | 4 = 3) {
  const raw = { width, height, channels };
  return sharp(noiseBytes(width * height * channels), { raw, limitInputPixels: false });
}

/** A tiny JPEG with `piece` repeated after SOI up to the limit on bodies. */
async function jpegWith(piece: readonly number[]): Promise<Uint8Array> {
  const tiny = await jpegPhoto(16, 16);
  const between = Buffer.alloc(
    Math.floor((BODY_BYTES - tiny.length) / piece.length) * piece.length,
    Buffer.from(piece),
  );
  return joined(tiny.subarray(0, 2), between, tiny.subarray(2));
}

const repeated = (count: number, ...piece: number[]) => Array.from({ length: count }, () => piece).flat();
const oneCode = (kind: number) => [kind, 1, ...new Array(15).fill(0), 0];
const fullTable = (kind: number) => [
  kind,
  ...new Array(7).fill(0),
  255,
  ...new Array(8).fill(0),
  ...new Array(255).keys(),
];

/** A restart marker after every MCU of one bit. */
function manyRestarts(): Uint8Array {
  const [width, height] = [16_000, 7500];
  const mcus = Math.ceil(width / 8) * Math.ceil(height / 8);
  const data = Buffer.alloc(mcus * 3);
  for (let i = 0; i < mcus; i++) data.set([0, 0xff, 0xd0 + (i & 7)], i * 3);
  return joined(
    Uint8Array.of(0xff, 0xd8, ...segment(0xdb, 0, ...new Array(64).fill(1))),
    Uint8Array.from(segment(0xc4, ...oneCode(0))),
    Uint8Array.from(segment(0xc4, ...oneCode(0x10))),
    Uint8Array.from(segment(0xdd, 0, 1)),
    Uint8Array.from(segment(0xc0, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0)),
    Uint8Array.from(segment(0xda, 1, 1, 0, 0, 63, 0)),
    data.subarray(0, -2),
    Uint8Array.of(0xff, 0xd9),
  );
}

const full = [
  [1, 1],
  [1, 1],
  [1, 1],
] as const;

function pngFile(
  declared: Parameters<typeof header>[0],
  idat: readonly Uint8Array[],
  before: readonly Uint8Array[] = [],
) {
  return joined(SIGNATURE, header(declared), ...before, ...idat, chunk('IEND'));
}

/** Rows of one byte value and one filter, deflated. */
function bomb(declared: Parameters<typeof header>[0], rowBytes: number, filter: number, level = 9): Uint8Array {
  const rows = Buffer.alloc((rowBytes + 1) * declared.height, 1);
  for (let y = 0; y < declared.height; y++) rows[y * (rowBytes + 1)] = filter;
  return pngFile(declared, [chunk('IDAT', deflateSync(rows, { level }))]);
}

function noisyPng(declared: Parameters<typeof header>[0], rowBytes: number, filter: number): Uint8Array {
  const rows = noiseBytes((rowBytes + 1) * declared.height);
  // Six bits of noise: codes of 6 and 7 bits, and no matches.
  for (let i = 0; i < rows.length; i++) rows[i]! &= 63;
  for (let y = 0; y < declared.height; y++) rows[y * (rowBytes + 1)] = filter;
  return pngFile(declared, [chunk('IDAT', deflateSync(rows, { level: 1, strategy: 2 }))]);
}

/** Empty blocks of deflate: `bits` repeated. */
function emptyBlocks(bits: string, bytes: number): Uint8Array {
  const period = bits.repeat(8);
  const piece = Uint8Array.from(period.match(/.{8}/g)!, (byte) => Number.parseInt([...byte].reverse().join(''), 2));
  return joined(
    Uint8Array.of(0x78, 0x01),
    Buffer.alloc(Math.floor(bytes / piece.length) * piece.length, Buffer.from(piece)),
  );
}

const small = { width: 16, height: 16, depth: 8, colorType: 2 } as const;
/** A dynamic block: all 19 code lengths, lengths of 286 + 30 symbols, the end. */
const lsb = (value: number, count: number) => Array.from({ length: count }, (_, i) => (value >> i) & 1).join('');
function dynamicBlock(): string {
  // Code lengths: 0, 1 and 18 have codes. 256 and one distance have one bit each.
  const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1];
  const lengthOf: Record<number, number> = { 18: 1, 1: 2, 0: 2 };
  const codeBits: Record<number, string> = { 18: '0', 0: '10', 1: '11' };
  return (
    lsb(0, 1) +
    lsb(2, 2) +
    lsb(0, 5) +
    lsb(0, 5) +
    lsb(14, 4) +
    order.map((symbol) => lsb(lengthOf[symbol] ?? 0, 3)).join('') +
    codeBits[18]! +
    lsb(127, 7) +
    codeBits[18]! +
    lsb(107, 7) +
    codeBits[1]! +
    codeBits[0]! +
    '0'
  );
}

/** A GIF of codes given as a repeated pattern of bytes. */
function gifOf(width: number, height: number, codeSize: number, pattern: readonly number[]): Uint8Array {
  const head = Buffer.from([
    ...Buffer.from('GIF89a'),
    width & 255,
    width >> 8,
    height & 255,
    height >> 8,
    0x80,
    0,
    0,
    0,
    0,
    0,
    255,
    255,
    255,
    0x2c,
    0,
    0,
    0,
    0,
    width & 255,
    width >> 8,
    height & 255,
    height >> 8,
    0,
    codeSize,
  ]);
  const block = Buffer.concat([Buffer.of(255), Buffer.alloc(255, Buffer.from(pattern))]);
  return joined(head, Buffer.alloc(Math.floor((BODY_BYTES - 100) / 256) * 256, block), Uint8Array.of(0, 0x3b));
}

export const honest: Crafted = {
  format: 'jpeg',
  name: 'honest photo, 12 MP, quality 92',
  make: () => jpegPhoto(4032, 3024, { quality: 92 }),
};

export const crafted: readonly Crafted[] = [
  {
    format: 'jpeg',
    name: 'quantization tables',
    make: () => jpegWith(segment(0xdb, ...repeated(1000, 0, ...new Array(64).fill(1)))),
  },
  {
    format: 'jpeg',
    name: 'Huffman tables of one code',
    make: () => jpegWith(segment(0xc4, ...repeated(3600, ...oneCode(0)))),
  },
  {
    format: 'jpeg',
    name: 'Huffman tables of 255 codes',
    make: () => jpegWith(segment(0xc4, ...repeated(240, ...fullTable(0x10)))),
  },
  { format: 'jpeg', name: 'empty segments', make: () => jpegWith(segment(0xe5)) },
  {
    format: 'jpeg',
    name: 'parts of a profile',
    make: () => jpegWith(segment(0xe2, ...Buffer.from('ICC_PROFILE\0'), 1, 1, 0)),
  },
  { format: 'jpeg', name: 'stray restart markers', make: () => jpegWith([0xff, 0xd0]) },
  { format: 'jpeg', name: 'stray stuffed zeros', make: () => jpegWith([0xff, 0]) },
  { format: 'jpeg', name: 'restart intervals of one MCU', make: manyRestarts },
  {
    format: 'jpeg',
    name: 'progressive, 108 MP, 4:4:4',
    make: () => flatProgressive({ width: 12_000, height: 9000, factors: full }),
  },
  {
    format: 'jpeg',
    name: 'progressive, 2 MP, 96 refinements',
    make: () => flatProgressive({ width: 1600, height: 1200, factors: full, refinements: 90 }),
  },
  {
    format: 'jpeg',
    name: 'progressive, 8 MP, 90 refinements',
    make: () => flatProgressive({ width: 4000, height: 2000, factors: full, refinements: 90 }),
  },
  {
    format: 'jpeg',
    name: 'noise, 12 MP, quality 100, 4:4:4',
    make: () => noise(4032, 3024).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(),
  },
  {
    format: 'jpeg',
    name: 'noise, 6 MP, progressive',
    make: () => noise(2800, 2100).jpeg({ quality: 90, progressive: true }).toBuffer(),
  },
  {
    format: 'png',
    name: 'RGB, 36 MP, flat',
    make: () => bomb({ width: 8000, height: 4500, depth: 8, colorType: 2 }, 24_000, 0),
  },
  {
    format: 'png',
    name: 'RGBA, 24 MP, flat, Paeth',
    make: () => bomb({ width: 8000, height: 2950, depth: 8, colorType: 6 }, 32_000, 4),
  },
  {
    format: 'png',
    name: 'RGBA of 16 bits, 11 MP, flat, Paeth',
    make: () => bomb({ width: 7000, height: 1550, depth: 16, colorType: 6 }, 56_000, 4),
  },
  { format: 'png', name: 'RGBA, 32 MP, interlaced', make: () => interlacedBomb() },
  {
    format: 'png',
    name: 'noise, RGB, 11 MP, Paeth',
    make: () => noisyPng({ width: 3800, height: 2900, depth: 8, colorType: 2 }, 11_400, 4),
  },
  {
    format: 'png',
    name: 'empty blocks with tables',
    make: () => pngFile(small, [chunk('IDAT', emptyBlocks(dynamicBlock(), 24e6))]),
  },
  {
    format: 'png',
    name: 'empty stored blocks',
    make: () =>
      pngFile(small, [
        chunk('IDAT', joined(Uint8Array.of(0x78, 1), Buffer.alloc(25e6, Buffer.of(0, 0, 0, 0xff, 0xff)))),
      ]),
  },
  {
    format: 'png',
    name: 'empty fixed blocks',
    make: () => pngFile(small, [chunk('IDAT', emptyBlocks('0100000000', 24e6))]),
  },
  {
    format: 'png',
    name: 'empty blocks in a profile',
    make: () =>
      pngFile(
        small,
        [chunk('IDAT', deflateSync(Buffer.alloc(49 * 16)))],
        [chunk('iCCP', joined(Uint8Array.of(97, 0, 0), emptyBlocks(dynamicBlock(), 24e6)))],
      ),
  },
  {
    format: 'png',
    name: 'empty chunks',
    make: () =>
      pngFile(small, [chunk('IDAT', deflateSync(Buffer.alloc(49 * 16)))], new Array(49_000).fill(chunk('tEXt'))),
  },
  { format: 'gif', name: 'photo, 26 MP', make: () => photo(6500, 4000).gif({ effort: 1, colors: 64 }).toBuffer() },
  {
    format: 'gif',
    name: 'one code per pixel, 50 MP',
    make: () => gifOf(8000, 6250, 2, [0b10000100, 0b00010000, 0b01000010]),
  },
  { format: 'gif', name: 'clear codes', make: () => gifOf(8000, 6250, 2, [0b00100100, 0b01001001, 0b10010010]) },
  { format: 'webp', name: 'lossy photo, 12 MP', make: () => photo(4032, 3024).webp({ quality: 92 }).toBuffer() },
  {
    format: 'webp',
    name: 'lossy noise, 6 MP, quality 100',
    make: () => noise(2900, 2100).webp({ quality: 100 }).toBuffer(),
  },
  {
    format: 'webp',
    name: 'lossy noise with alpha, 6 MP',
    make: () => noise(2900, 2100, 4).webp({ quality: 50 }).toBuffer(),
  },
  {
    format: 'webp',
    name: 'lossless noise, 4 MP',
    make: () => noise(2300, 1750).webp({ lossless: true, effort: 0 }).toBuffer(),
  },
  {
    format: 'webp',
    name: 'lossless photo, 6 MP',
    make: () => photo(2800, 2100).webp({ lossless: true, effort: 4 }).toBuffer(),
  },
  { format: 'webp', name: 'very many prefix codes', make: () => manyPrefixCodes({ width: 640, height: 640 }) },
  {
    format: 'webp',
    name: 'very many prefix codes, in alpha',
    make: () => manyAlphaPrefixCodes({ width: 640, height: 640 }),
  },
  {
    format: 'webp',
    name: 'as many prefix codes as are allowed',
    make: () => manyPrefixCodes({ width: 640, height: 640, groups: 4000, full: true }),
  },
];

function interlacedBomb(): Uint8Array {
  const declared = { width: 8000, height: 3950, depth: 8, colorType: 6, interlaced: true } as const;
  // Every row of the passes has its filter; a stream of zeros is longer than needed.
  return pngFile(declared, [chunk('IDAT', deflateSync(Buffer.alloc(32_000 * 3950 + 12_000), { level: 9 }))]);
}
