/**
 * Entropy-coded bits, freed of their stuffed zeros (ITU-T T.81, B.1.1.5 and F.2.2.5), through a window of 32 or 4 KB.
 *
 * Reading is left to the callers' loops, as a call for each code would cost more than the code: the next 25 bits are
 * `view.getUint32(bit >>> 3) << (bit & 7)`, from the top of the word.
 */
import { undecodable } from '../undecodable.ts';
import { findMarker, isRestart } from './markers.ts';

/**
 * Bytes of the window, and more than one MCU can take. Many blocks: 64 (four components of 4 x 4) of 64 codes of at most
 * 31 bits. In progressive scans an MCU has 64 codes at most, of one block or of all.
 */
const SIZES = {
  many: { window: 1 << 15, slack: 1 << 14 },
  few: { window: 1 << 12, slack: 1 << 9 },
} as const;

export class BitReader {
  readonly view: DataView;
  /** Place of the next bit in the window. */
  bit = 0;
  /** Call `fill` once `bit` has passed this. Up to there at least one MCU lies ahead. */
  refillAt = 0;
  /** Blocks that an end-of-band run still covers (G.1.2.2). */
  endOfBandRun = 0;
  readonly #file: Uint8Array;
  readonly #size: { readonly window: number; readonly slack: number };
  readonly #window: Uint8Array<ArrayBuffer>;
  /** Bytes in the window; behind them, once `#ended`, lie zeros for a reader that runs over the end. */
  #length = 0;
  /** Place in the file of what is not in the window yet; at a marker or the file's end once `#ended`. */
  #next = 0;
  #ended = false;
  /** Bits that have left the window. */
  #passed = 0;

  /** @param codes that an MCU can have */
  constructor(file: Uint8Array, codes: keyof typeof SIZES = 'many') {
    this.#file = file;
    this.#size = SIZES[codes];
    this.#window = new Uint8Array(this.#size.window + 2 * this.#size.slack);
    this.view = new DataView(this.#window.buffer);
  }

  /** Begins with the bits at a place in the file. */
  start(at: number): void {
    this.#passed += this.bit;
    this.#next = at;
    this.#length = 0;
    this.bit = 0;
    this.endOfBandRun = 0;
    this.#ended = false;
    this.fill();
  }

  /** Bits read since the reader was made. */
  get bitsRead(): number {
    return this.#passed + this.bit;
  }

  /** Where in the file the next bit lies, but for stuffed zeros within the window. */
  get position(): number {
    return Math.min(this.#file.length, this.#next - this.#length + Math.min(this.bit >>> 3, this.#length));
  }

  /** @throws {ImageError} image-undecodable when more was read than there is */
  fill(): void {
    if (this.#ended) {
      this.checkEnd();
      return;
    }
    const file = this.#file;
    const window = this.#window;
    const { window: most, slack } = this.#size;
    const read = Math.min(this.bit >>> 3, this.#length);
    window.copyWithin(0, read, this.#length);
    let length = this.#length - read;
    let next = this.#next;
    this.#passed += read * 8;
    this.bit -= read * 8;
    while (length < most) {
      let run = file.subarray(next, next + most - length);
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

  /** @throws {ImageError} image-undecodable when more was read than there is */
  checkEnd(): void {
    if (this.#ended && this.bit > this.#length * 8) throw undecodable('is cut: its image data ends early');
  }

  /**
   * Goes to the data behind the next restart marker, whatever is left before it (E.2.4). Which interval begins there is
   * told by the marker's number; as in libjpeg, one or two ahead of what was expected mean lost intervals, one or two
   * behind are passed over, and other numbers mean nothing.
   *
   * @param expected 0-7
   * @returns how many intervals were lost
   */
  restart(expected: number): number {
    for (let at = findMarker(this.#file, this.#next); ; at = findMarker(this.#file, at)) {
      const code = at < 0 ? 0 : this.#file[at]!;
      if (!isRestart(code)) throw undecodable('is cut: a restart marker is missing');
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

  /** Where the next marker can be searched: at it, or before whatever was not read. */
  get end(): number {
    return this.#next;
  }

  /**
   * Bytes between the last bit that was read and the next marker or the file's end, and whether they fill up what went
   * before: are zeros where that ended in something else.
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
