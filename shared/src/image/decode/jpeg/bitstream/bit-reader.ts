/**
 * Entropy-coded bits without stuffed zeros (ITU-T T.81, B.1.1.5 and F.2.2.5), read through a window of 32 or 4 KB.
 *
 * Callers read bits in their own loops, because one call per code would cost more than decoding the code. The next 25 bits
 * are `view.getUint32(bit >>> 3) << (bit & 7)`, starting at the top bit of the word.
 */
import { undecodable } from '../undecodable.ts';
import { findMarker, isRestart } from './markers.ts';

/**
 * Bytes of the window, and an upper bound for the bytes of one MCU (slack). `many` codes: 64 blocks (four components of
 * 4 x 4) of 64 codes of at most 31 bits. `few`: an MCU of a progressive scan has at most 64 codes.
 */
const SIZES = {
  many: { window: 1 << 15, slack: 1 << 14 },
  few: { window: 1 << 12, slack: 1 << 9 },
} as const;

export class BitReader {
  readonly view: DataView;
  /** Position of the next bit in the window. */
  bit = 0;
  /** Call `fill` once `bit` exceeds this. Until then the window holds at least one complete MCU. */
  refillAt = 0;
  /** Remaining blocks of an end-of-band run (G.1.2.2). */
  endOfBandRun = 0;
  readonly #file: Uint8Array;
  readonly #size: { readonly window: number; readonly slack: number };
  readonly #window: Uint8Array<ArrayBuffer>;
  /** Bytes in the window. Once `#ended`, zeros follow them, for a reader that runs past the end. */
  #length = 0;
  /** Offset in the file of the first byte that is not in the window yet. Once `#ended`: of a marker or the end of the file. */
  #next = 0;
  #ended = false;
  /** Bits that were removed from the window. */
  #passed = 0;

  /** @param codes how many codes an MCU can have */
  constructor(file: Uint8Array, codes: keyof typeof SIZES = 'many') {
    this.#file = file;
    this.#size = SIZES[codes];
    this.#window = new Uint8Array(this.#size.window + 2 * this.#size.slack);
    this.view = new DataView(this.#window.buffer);
  }

  /** Continues reading at a byte offset in the file. */
  start(at: number): void {
    this.#passed += this.bit;
    this.#next = at;
    this.#length = 0;
    this.bit = 0;
    this.endOfBandRun = 0;
    this.#ended = false;
    this.fill();
  }

  /** Bits read since the reader was created. */
  get bitsRead(): number {
    return this.#passed + this.bit;
  }

  /** Offset in the file of the next bit, not counting stuffed zeros within the window. */
  get position(): number {
    return Math.min(this.#file.length, this.#next - this.#length + Math.min(this.bit >>> 3, this.#length));
  }

  /** @throws {ImageError} image-undecodable if the reader went past the end of the data */
  fill(): void {
    if (this.#ended) {
      this.checkEnd();
      return;
    }
    const file = this.#file;
    const window = this.#window;
    const { window: capacity, slack } = this.#size;
    const read = Math.min(this.bit >>> 3, this.#length);
    window.copyWithin(0, read, this.#length);
    let length = this.#length - read;
    let next = this.#next;
    this.#passed += read * 8;
    this.bit -= read * 8;
    while (length < capacity) {
      let run = file.subarray(next, next + capacity - length);
      const stop = run.indexOf(0xff);
      if (stop >= 0) run = run.subarray(0, stop);
      window.set(run, length);
      length += run.length;
      next += run.length;
      if (stop < 0 && next < file.length) break;
      let after = next + 1;
      while (file[after] === 0xff) after++;
      if (file[after] !== 0) {
        this.#ended = true;
        break;
      }
      window[length++] = 0xff;
      next = after + 1;
    }
    if (this.#ended) window.fill(0, length, length + slack);
    this.#length = length;
    this.#next = next;
    this.refillAt = (this.#ended ? length : length - slack) * 8;
  }

  /** @throws {ImageError} image-undecodable if the reader went past the end of the data */
  checkEnd(): void {
    if (this.#ended && this.bit > this.#length * 8) throw undecodable('is truncated: its image data ends early');
  }

  /**
   * Skips to the data after the next restart marker (E.2.4). The marker's number tells which interval begins there. As in
   * libjpeg, one or two more than expected means lost intervals, markers one or two behind are skipped, and any other
   * number is ignored.
   *
   * @param expected number of the marker, 0-7
   * @returns the number of lost intervals
   */
  restart(expected: number): number {
    for (let at = findMarker(this.#file, this.#next); ; at = findMarker(this.#file, at)) {
      const code = at < 0 ? 0 : this.#file[at]!;
      if (!isRestart(code)) throw undecodable('is truncated: a restart marker is missing');
      at++;
      const ahead = (code - expected) & 7;
      if (ahead >= 6) continue;
      this.start(at);
      return ahead <= 2 ? ahead : 0;
    }
  }

  get hasMarkerAhead(): boolean {
    return findMarker(this.#file, this.#next) >= 0;
  }

  /** Offset from which to search for the next marker. */
  get end(): number {
    return this.#next;
  }

  /**
   * The bytes between the last bit that was read and the next marker or the end of the file. `zeros`: whether they are
   * padding, that is, all zero while the data before them is not.
   */
  leftOver(): { from: number; to: number; zeros: boolean } {
    const marker = findMarker(this.#file, this.#next);
    const to = marker < 0 ? this.#file.length : marker - 1;
    const from = Math.min(to, this.#next - Math.max(0, this.#length - ((this.bit + 7) >>> 3)));
    const isZero = (byte: number) => byte === 0;
    const before = this.#file.subarray(Math.max(0, from - 16), from);
    return { from, to, zeros: this.#file.subarray(from, to).every(isZero) && !before.every(isZero) };
  }
}
