/** Reads a PNG row by row: inflates and unfilters it. Holds two rows and the window of the inflater. */

import type { WorkMeter } from '../work-meter.ts';
import { type Chunk, undecodable } from './chunks.ts';
import { undoFilter } from './filter.ts';
import type { PngHeader } from './header.ts';
import { Inflate, InflateError } from './inflate/inflate.ts';
import { FILTERED_BYTE_WORK } from './limits.ts';
import type { Pass } from './passes.ts';

export class RowSource {
  readonly #work: WorkMeter;
  readonly #chunks: Iterable<Chunk>;
  readonly #inflate: Inflate;
  readonly #step: number;
  #row: Uint8Array;
  #above: Uint8Array;
  #rowBytes = 0;
  /** Inflated bytes that belong to later rows. */
  #left: Uint8Array = new Uint8Array(0);
  #leftAt = 0;
  #rowsRead = 0;

  /** @param chunks the image data, in order. Iterated a second time if something is wrong, to locate the damage */
  constructor(chunks: Iterable<Chunk>, { width, bitsPerPixel }: PngHeader, work: WorkMeter) {
    this.#work = work;
    this.#chunks = chunks;
    this.#inflate = new Inflate(dataOf(chunks), (units) => work.spend(units));
    this.#step = Math.ceil(bitsPerPixel / 8);
    const maxRowBytes = Math.ceil((width * bitsPerPixel) / 8);
    this.#row = new Uint8Array(maxRowBytes);
    this.#above = new Uint8Array(maxRowBytes);
  }

  beginPass({ rowBytes }: Pass): void {
    this.#rowBytes = rowBytes;
    // PNG third edition, 9.2: the row above the first one is all zeros.
    this.#row.fill(0, 0, rowBytes);
  }

  /**
   * Reads the next row of the pass. The result is valid until the next call.
   *
   * @throws {ImageError} image-undecodable with the `offset` of the damage and the `row`, counted over all passes
   */
  next(): Uint8Array {
    [this.#row, this.#above] = [this.#above, this.#row];
    const row = this.#row;
    const length = this.#rowBytes;
    if (this.#leftAt === this.#left.length) this.#fill();
    const filter = this.#left[this.#leftAt++]!;
    for (let at = 0; at < length; ) {
      if (this.#leftAt === this.#left.length) this.#fill();
      const count = Math.min(length - at, this.#left.length - this.#leftAt);
      row.set(this.#left.subarray(this.#leftAt, this.#leftAt + count), at);
      this.#leftAt += count;
      at += count;
    }
    if (filter !== 0) this.#work.spend(length * FILTERED_BYTE_WORK);
    if (!undoFilter(filter, row, this.#above, length, this.#step)) throw this.#broken('contains an invalid row filter');
    this.#rowsRead++;
    return row;
  }

  /**
   * Must be called after the last row, to verify the checksum. Extra data after the image is ignored, as viewers do; if it
   * is longer than one step of the inflater, so is the checksum.
   */
  end(): void {
    if (this.#inflated()) this.#inflated();
  }

  #fill(): void {
    const bytes = this.#inflated();
    if (!bytes) throw this.#broken('ends too early');
    this.#left = bytes;
    this.#leftAt = 0;
  }

  #inflated(): Uint8Array | undefined {
    try {
      return this.#inflate.next();
    } catch (cause) {
      if (!(cause instanceof InflateError)) throw cause;
      throw this.#broken(cause.message, cause);
    }
  }

  #broken(problem: string, cause?: Error) {
    const offset = this.#offset();
    const row = this.#rowsRead;
    return undecodable(`has image data that ${problem}, at byte ${offset}, in row ${row}; send or save it again`, {
      ...(cause && { cause }),
      details: { offset, row },
    });
  }

  /** The position of the inflater in the file. */
  #offset(): number {
    let left = this.#inflate.consumed;
    let end = 0;
    for (const { offset, data } of this.#chunks) {
      if (left < data.length) return offset + 8 + left;
      left -= data.length;
      end = offset + 8 + data.length;
    }
    return end;
  }
}

function* dataOf(chunks: Iterable<Chunk>): Generator<Uint8Array, void> {
  for (const { data } of chunks) yield data;
}
