/**
 * zlib's format (RFC 1950) and deflate (RFC 1951), in steps of at most 64 KiB of output, so that a decompression bomb costs no
 * more than the caller reads.
 */
import { BLOCK_WORK, CODE_TABLE_WORK, COMPRESSED_BYTE_WORK } from '../limits.ts';
import { adler32 } from './adler32.ts';
import { BASE, END_OF_BLOCK, emptyTable, fillTable, INVALID, KIND, LITERAL, SUBTABLE } from './huffman-table.ts';

/** The maximum distance of a match. */
const WINDOW_BYTES = 2 ** 15;
const STEP_BYTES = 2 ** 16;
const MAX_MATCH = 258;
const INPUT_BYTES = 2 ** 15;
/** More than one symbol with its extra bits (48 bits) and the bits read ahead (32). */
const READ_AHEAD_BYTES = 16;

/** The compressed data is invalid. The message completes "data that …". */
export class InflateError extends Error {
  override readonly name = 'InflateError';
}

type Block = 'none' | 'stored' | 'huffman' | 'ended';

export class Inflate {
  readonly #pieces: Iterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);
  #pieceAt = 0;
  #inputEnded = false;
  /** Input, copied from the pieces, so that the inner loop sees no boundaries. Zeros follow its end. */
  readonly #input = new Uint8Array(INPUT_BYTES + READ_AHEAD_BYTES);
  readonly #words = new DataView(this.#input.buffer);
  #at = 0;
  #end = 0;
  /** Bytes of the compressed data before `#input`. */
  #before = 0;
  #hold = 0;
  #bits = 0;

  /** The latest output, preceded by the window that matches refer to. */
  readonly #output = new Uint8Array(WINDOW_BYTES + STEP_BYTES + MAX_MATCH + 4);
  #to = 0;
  #sum = 1;

  #block: Block = 'none';
  #last = false;
  #stored = 0;
  #lengths = emptyTable(LENGTH_BITS, 1 << 11);
  #distances = emptyTable(DISTANCE_BITS, 1 << 10);
  readonly #codeLengths = emptyTable(7, 1 << 7);
  readonly #spend: (units: number) => void;
  #started = false;

  /**
   * @param pieces the compressed data, split anywhere
   * @param spend counts the work; may throw
   */
  constructor(pieces: Iterable<Uint8Array>, spend: (units: number) => void = () => {}) {
    this.#spend = spend;
    this.#pieces = pieces[Symbol.iterator]();
  }

  /** Bytes of the compressed data used so far. */
  get consumed(): number {
    return Math.min(this.#before + this.#at - (this.#bits >> 3), this.#before + this.#end);
  }

  /**
   * The next bytes: at least one and at most 64 KiB (plus a match). Valid until the next call.
   *
   * @returns undefined at the end, after the checksum was verified
   * @throws {InflateError}
   */
  next(): Uint8Array | undefined {
    if (!this.#started) this.#readZlibHeader();
    const kept = Math.min(this.#to, WINDOW_BYTES);
    this.#output.copyWithin(0, this.#to - kept, this.#to);
    this.#to = kept;
    const full = kept + STEP_BYTES;
    while (this.#to < full && this.#block !== 'ended') {
      if (this.#block === 'none') this.#beginBlock();
      else if (this.#block === 'stored') this.#copyStored(full);
      else this.#inflateBlock(full);
    }
    if (this.#to > kept) {
      const bytes = this.#output.subarray(kept, this.#to);
      this.#sum = adler32(bytes, this.#sum);
      return bytes;
    }
    this.#checkSum();
    return undefined;
  }

  #readZlibHeader(): void {
    this.#started = true;
    const method = this.#take(8);
    const flags = this.#take(8);
    // RFC 1950, 2.2: method 8 with a window of up to 32 KiB, no preset dictionary.
    if ((method & 15) !== 8 || method >> 4 > 7 || ((method << 8) | flags) % 31 !== 0 || flags & 32) {
      throw new InflateError('does not begin with a zlib header');
    }
  }

  #checkSum(): void {
    this.#take(this.#bits & 7);
    let stored = 0;
    for (let i = 0; i < 4; i++) stored = (stored << 8) | this.#take(8);
    if (stored >>> 0 !== this.#sum) throw new InflateError('does not match its checksum (Adler-32)');
  }

  #beginBlock(): void {
    if (this.#last) {
      this.#block = 'ended';
      return;
    }
    this.#spend(BLOCK_WORK);
    this.#last = this.#take(1) === 1;
    const type = this.#take(2);
    if (type === 0) {
      this.#take(this.#bits & 7);
      this.#stored = this.#take(16);
      if (this.#take(16) !== (this.#stored ^ 0xffff))
        throw new InflateError('contains a stored block with contradictory lengths');
      this.#block = 'stored';
    } else if (type === 1) {
      const { lengths, distances } = fixedTables();
      this.#lengths = lengths;
      this.#distances = distances;
      this.#block = 'huffman';
    } else if (type === 2) {
      this.#readTables();
      this.#block = 'huffman';
    } else {
      throw new InflateError('contains a block of an invalid type');
    }
  }

  #copyStored(full: number): void {
    // Bytes that were read ahead come first.
    while (this.#stored > 0 && this.#bits > 0 && this.#to < full) {
      this.#output[this.#to++] = this.#take(8);
      this.#stored--;
    }
    while (this.#stored > 0 && this.#to < full) {
      if (this.#at === this.#end) this.#refill();
      if (this.#at === this.#end) throw cut();
      const count = Math.min(this.#stored, full - this.#to, this.#end - this.#at);
      this.#output.set(this.#input.subarray(this.#at, this.#at + count), this.#to);
      this.#at += count;
      this.#to += count;
      this.#stored -= count;
    }
    if (this.#stored === 0) this.#block = 'none';
  }

  /** RFC 1951, 3.2.7: the code lengths of two codes, encoded by a third one. */
  #readTables(): void {
    this.#spend(CODE_TABLE_WORK);
    const lengthCount = this.#take(5) + 257;
    const distanceCount = this.#take(5) + 1;
    const codeCount = this.#take(4) + 4;
    if (lengthCount > 286 || distanceCount > 30) throw badCode();
    const codeLengths = new Uint8Array(19);
    for (let i = 0; i < codeCount; i++) codeLengths[CODE_LENGTH_ORDER[i]!] = this.#take(3);
    if (!fillTable(this.#codeLengths, codeLengths, codeLengthSymbols)) throw badCode();
    const all = new Uint8Array(lengthCount + distanceCount);
    for (let i = 0; i < all.length; ) {
      const entry = this.#codeLengths.entries[this.#peek(7)]!;
      if ((entry & KIND) === INVALID) throw this.#isBeyondEnd(this.#at, this.#bits) ? cut() : badCode();
      this.#take(entry & 15);
      const symbol = entry >> 16;
      if (symbol < 16) {
        all[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw badCode();
      const repeated = symbol === 16 ? all[i - 1]! : 0;
      const times = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (i + times > all.length) throw badCode();
      all.fill(repeated, i, i + times);
      i += times;
    }
    if (all[256] === 0) throw badCode();
    // The tables of fixed blocks are shared.
    if (this.#lengths === fixed?.lengths) {
      this.#lengths = emptyTable(LENGTH_BITS, 1 << 11);
      this.#distances = emptyTable(DISTANCE_BITS, 1 << 10);
    }
    if (!fillTable(this.#lengths, all.subarray(0, lengthCount), lengthSymbols)) throw badCode();
    if (!fillTable(this.#distances, all.subarray(lengthCount), distanceSymbols)) throw badCode();
  }

  /**
   * Literals and matches until the block ends or the step is full. Nearly all time is spent here, so the state is kept in
   * variables, and bits are refilled to 24-31 without checking how many are left. Bits read twice are the same.
   */
  #inflateBlock(full: number): void {
    const words = this.#words;
    const output = this.#output;
    const lengths = this.#lengths.entries;
    const distances = this.#distances.entries;
    let at = this.#at;
    let to = this.#to;
    let hold = this.#hold;
    let bits = this.#bits;
    let safe = this.#end - READ_AHEAD_BYTES;
    while (to < full) {
      // Two literals per read of 24 bits, without unpredictable branches.
      while (at <= safe && to < full) {
        hold |= words.getInt32(at, true) << bits;
        at += (31 - bits) >> 3;
        bits |= 24;
        let literal = lengths[hold & LENGTH_MASK]!;
        if ((literal & KIND) !== LITERAL) break;
        hold >>>= literal & 15;
        bits -= literal & 15;
        output[to++] = literal >>> 16;
        literal = lengths[hold & LENGTH_MASK]!;
        if ((literal & KIND) !== LITERAL) break;
        hold >>>= literal & 15;
        bits -= literal & 15;
        output[to++] = literal >>> 16;
      }
      if (at > safe) {
        this.#at = at;
        this.#refill();
        at = this.#at;
        safe = this.#inputEnded ? this.#end : this.#end - READ_AHEAD_BYTES;
        if (at - (bits >> 3) > this.#end) throw cut();
      }
      hold |= words.getInt32(at, true) << bits;
      at += (31 - bits) >> 3;
      bits |= 24;
      let entry = lengths[hold & LENGTH_MASK]!;
      if (entry & SUBTABLE) {
        entry = lengths[(entry >>> 16) + ((hold >>> LENGTH_BITS) & ((1 << ((entry >>> 4) & 15)) - 1))]!;
      }
      hold >>>= entry & 15;
      bits -= entry & 15;
      if ((entry & KIND) === LITERAL) {
        output[to++] = entry >>> 16;
        continue;
      }
      if ((entry & KIND) !== BASE) {
        if ((entry & KIND) === INVALID) throw this.#isBeyondEnd(at, bits) ? cut() : badCode();
        this.#block = 'none';
        break;
      }
      // The code and its extra bits used at most 20 of the 24 bits.
      let extra = (entry >>> 4) & 15;
      const length = (entry >>> 16) + (hold & ((1 << extra) - 1));
      hold >>>= extra;
      bits -= extra;
      hold |= words.getInt32(at, true) << bits;
      at += (31 - bits) >> 3;
      bits |= 24;
      entry = distances[hold & DISTANCE_MASK]!;
      if (entry & SUBTABLE) {
        entry = distances[(entry >>> 16) + ((hold >>> DISTANCE_BITS) & ((1 << ((entry >>> 4) & 15)) - 1))]!;
      }
      if ((entry & KIND) !== BASE) throw this.#isBeyondEnd(at, bits) ? cut() : badCode();
      hold >>>= entry & 15;
      bits -= entry & 15;
      extra = (entry >>> 4) & 15;
      if (bits < extra) {
        hold |= words.getInt32(at, true) << bits;
        at += (31 - bits) >> 3;
        bits |= 24;
      }
      let from = to - (entry >>> 16) - (hold & ((1 << extra) - 1));
      hold >>>= extra;
      bits -= extra;
      if (from < 0) {
        throw this.#isBeyondEnd(at, bits) ? cut() : new InflateError('refers to bytes before its beginning');
      }
      // Four bytes at a time: excess bytes are overwritten by what follows. Most matches have 3 or 4 bytes.
      const end = to + length;
      do {
        output[to] = output[from]!;
        output[to + 1] = output[from + 1]!;
        output[to + 2] = output[from + 2]!;
        output[to + 3] = output[from + 3]!;
        to += 4;
        from += 4;
      } while (to < end);
      to = end;
    }
    if (at - (bits >> 3) > this.#end) throw cut();
    this.#at = at;
    this.#to = to;
    // Drops the bits that were read ahead.
    this.#hold = hold & ((1 << bits) - 1);
    this.#bits = bits;
  }

  /** Whether the bits just read may be the zeros after the end of the input. The next code takes at most 15 of them. */
  #isBeyondEnd(at: number, bits: number): boolean {
    return this.#inputEnded && at - ((bits - 15) >> 3) > this.#end;
  }

  /** The next bits, up to 16, without consuming them. Zeros after the end. */
  #peek(count: number): number {
    if (this.#bits < count) {
      if (this.#at + 2 > this.#end) this.#refill();
      this.#hold |= (this.#input[this.#at]! | (this.#input[this.#at + 1]! << 8)) << this.#bits;
      this.#at += 2;
      this.#bits += 16;
    }
    return this.#hold & ((1 << count) - 1);
  }

  #take(count: number): number {
    const value = this.#peek(count);
    this.#hold >>>= count;
    this.#bits -= count;
    if (this.#at - (this.#bits >> 3) > this.#end) throw cut();
    return value;
  }

  /** Moves the rest of the input to the front and refills the buffer. */
  #refill(): void {
    if (this.#inputEnded) return;
    const input = this.#input;
    input.copyWithin(0, this.#at, this.#end);
    this.#before += this.#at;
    this.#end -= this.#at;
    this.#at = 0;
    while (this.#end < INPUT_BYTES) {
      if (this.#pieceAt === this.#piece.length) {
        const { value, done } = this.#pieces.next();
        if (done) {
          this.#inputEnded = true;
          input.fill(0, this.#end);
          return;
        }
        this.#piece = value;
        this.#pieceAt = 0;
      }
      const count = Math.min(INPUT_BYTES - this.#end, this.#piece.length - this.#pieceAt);
      this.#spend(count * COMPRESSED_BYTE_WORK);
      input.set(this.#piece.subarray(this.#pieceAt, this.#pieceAt + count), this.#end);
      this.#pieceAt += count;
      this.#end += count;
    }
  }
}

function cut(): InflateError {
  return new InflateError('ends too early');
}

function badCode(): InflateError {
  return new InflateError('contains an invalid code');
}

/** Long enough for most codes, short enough to be refilled for each block. */
const LENGTH_BITS = 10;
const LENGTH_MASK = (1 << LENGTH_BITS) - 1;
const DISTANCE_BITS = 8;
const DISTANCE_MASK = (1 << DISTANCE_BITS) - 1;

/** RFC 1951, 3.2.7. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const codeLengthSymbols = Int32Array.from({ length: 19 }, (_, symbol) => symbol << 16);

/** RFC 1951, 3.2.5: literals, the end, and 29 lengths. Every four lengths have one more extra bit; the last is 258. */
const lengthSymbols = (() => {
  const symbols = new Int32Array(288).fill(INVALID);
  for (let literal = 0; literal < 256; literal++) symbols[literal] = LITERAL | (literal << 16);
  symbols[256] = END_OF_BLOCK;
  for (let i = 0, base = 3; i < 28; i++) {
    const extra = i < 8 ? 0 : (i >> 2) - 1;
    symbols[257 + i] = BASE | (extra << 4) | (base << 16);
    base += 1 << extra;
  }
  symbols[285] = BASE | (MAX_MATCH << 16);
  return symbols;
})();

/** The same clause: 30 distances. Every two have one more extra bit. */
const distanceSymbols = (() => {
  const symbols = new Int32Array(32).fill(INVALID);
  for (let i = 0, base = 1; i < 30; i++) {
    const extra = i < 4 ? 0 : (i >> 1) - 1;
    symbols[i] = BASE | (extra << 4) | (base << 16);
    base += 1 << extra;
  }
  return symbols;
})();

let fixed: { lengths: ReturnType<typeof emptyTable>; distances: ReturnType<typeof emptyTable> } | undefined;

/** RFC 1951, 3.2.6. */
function fixedTables() {
  if (fixed) return fixed;
  const lengths = emptyTable(LENGTH_BITS, 1 << LENGTH_BITS);
  const distances = emptyTable(DISTANCE_BITS, 1 << DISTANCE_BITS);
  fillTable(lengths, new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280), lengthSymbols);
  fillTable(distances, new Uint8Array(32).fill(5), distanceSymbols);
  fixed = { lengths, distances };
  return fixed;
}
