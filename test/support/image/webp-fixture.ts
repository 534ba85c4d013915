/** Writes crafted lossless WebP images (RFC 9649, 3) bit by bit. */
import { riffFile, walkFile } from '@glimpse/shared/image/decode/webp/riff';
import sharp from 'sharp';

class BitWriter {
  readonly #bytes: number[] = [];
  #hold = 0;
  #bits = 0;

  /** Least significant bit first. */
  write(value: number, count: number): this {
    for (let bit = 0; bit < count; bit++) {
      this.#hold |= ((value >>> bit) & 1) << this.#bits;
      if (++this.#bits < 8) continue;
      this.#bytes.push(this.#hold);
      this.#hold = 0;
      this.#bits = 0;
    }
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from([...this.#bytes, this.#hold, 0, 0, 0, 0]);
  }
}

export interface PrefixCodeOptions {
  readonly width: number;
  readonly height: number;
  /** Pixels of one side of the squares that choose their own group, as a power of two: 2 to 9. */
  readonly squareBits?: number;
  readonly groups?: number;
  /** Whether every code has as many symbols as possible instead of one. */
  readonly full?: boolean;
  /** A color cache of 2^n entries makes the tables larger. 0 for none. */
  readonly cacheBits?: number;
}

/** A file whose squares of 4 x 4 pixels each have their own group of five prefix codes: the tables outgrow the pixels. */
export function manyPrefixCodes(options: PrefixCodeOptions): Uint8Array<ArrayBuffer> {
  const { width, height } = options;
  const header = new BitWriter()
    .write(0x2f, 8)
    .write(width - 1, 14)
    .write(height - 1, 14)
    .write(0, 4);
  return file([{ type: 'VP8L', data: writeImage(header, options) }]);
}

/** The same codes in the alpha channel (ALPH) of a lossy image. */
export async function manyAlphaPrefixCodes(options: PrefixCodeOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = options;
  const create = { width, height, channels: 4 as const, background: '#12345678' };
  const whole = await sharp({ create }).webp({ quality: 1 }).toBuffer();
  const alpha = writeImage(new BitWriter().write(1, 8), options);
  return file([...walkFile(whole)].map((chunk) => (chunk.type === 'ALPH' ? { type: 'ALPH', data: alpha } : chunk)));
}

/** The same codes in the first frame of an animation. */
export function manyAnimatedPrefixCodes(options: PrefixCodeOptions): Uint8Array<ArrayBuffer> {
  const { width, height } = options;
  const canvas = new BitWriter()
    .write(2, 8)
    .write(0, 24)
    .write(width - 1, 24)
    .write(height - 1, 24)
    .finish();
  const frame = new BitWriter()
    .write(0, 48)
    .write(width - 1, 24)
    .write(height - 1, 24)
    .write(0, 32)
    .finish();
  const image = manyPrefixCodes(options).subarray(12);
  const data = new Uint8Array(16 + image.length);
  data.set(frame.subarray(0, 16));
  data.set(image, 16);
  return file([
    { type: 'VP8X', data: canvas.subarray(0, 10) },
    { type: 'ANIM', data: new Uint8Array(6) },
    { type: 'ANMF', data },
  ]);
}

function file(chunks: { type: string; data: Uint8Array }[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(riffFile(chunks));
}

function writeImage(
  bits: BitWriter,
  { width, height, squareBits = 2, groups = 65_536, full = false, cacheBits = 0 }: PrefixCodeOptions,
): Uint8Array<ArrayBuffer> {
  // No transforms; the color cache; several groups of codes, chosen by square.
  bits.write(0, 1);
  writeCache(bits, cacheBits);
  bits.write(1, 1).write(squareBits - 2, 3);
  // The image of group numbers: a number is red << 8 | green. Both have 256 codes of 8 bits.
  writeCache(bits, 0);
  writeCodeOf(bits, 8, 256);
  writeCodeOf(bits, 8, 256);
  for (let i = 0; i < 3; i++) writeSingleCode(bits);
  const side = 2 ** squareBits;
  const squares = Math.ceil(width / side) * Math.ceil(height / side);
  const count = Math.min(squares, groups);
  for (let i = 0; i < squares; i++) {
    const group = i % count;
    bits.write(reversed(group & 255), 8).write(reversed(group >> 8), 8);
  }
  for (let group = 0; group < count; group++) {
    for (let code = 0; code < 5; code++) {
      if (!full) writeSingleCode(bits);
      else if (code === 4) writeCodeOf(bits, 5, 32);
      else writeCodeOf(bits, 8, 256);
    }
  }
  // Codes of one symbol take no bits, so neither do the pixels.
  if (full) for (let i = 0; i < width * height; i++) bits.write(0, 32);
  return bits.finish();
}

function writeCache(bits: BitWriter, cacheBits: number): void {
  bits.write(cacheBits > 0 ? 1 : 0, 1);
  if (cacheBits > 0) bits.write(cacheBits, 4);
}

/** 3.7.2.1.1: a simple code with the symbol 0. */
function writeSingleCode(bits: BitWriter): void {
  bits.write(1, 1).write(0, 1).write(0, 1).write(0, 1);
}

/** 3.7.2.1.2: the first `count` symbols have codes of `length` bits. A single code length takes no bits. */
function writeCodeOf(bits: BitWriter, length: number, count: number): void {
  const order = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
  const place = order.indexOf(length);
  bits.write(0, 1).write(place + 1 - 4, 4);
  for (let i = 0; i <= place; i++) bits.write(i === place ? 1 : 0, 3);
  // The number of code lengths, minus 2, in 8 bits.
  bits
    .write(1, 1)
    .write(3, 3)
    .write(count - 2, 8);
}

/** Codes are packed starting with their most significant bit. */
function reversed(code: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit++) result |= ((code >>> bit) & 1) << (7 - bit);
  return result;
}
