/** GIF's variable-length-code LZW (GIF89a specification, appendix F), row by row. */
import type { WorkMeter } from '../work-meter.ts';
import { cut, undecodable } from './gif-parts.ts';

const MAX_CODES = 4096;
const MAX_BITS = 12;
/** Units of work (`work-meter.ts`). */
const CODE_WORK = 1.5;

export interface LzwSource {
  /** The file. The data is a list of blocks, each preceded by its length. A length of 0 ends it. */
  readonly bytes: Uint8Array;
  readonly dataOffset: number;
  readonly codeSize: number;
}

/**
 * Calls `take` with each row of indices, in file order. The array is reused for the next row. Stops after the last row and
 * ignores what follows, so the work is bounded by the size of the file and the number of rows.
 *
 * @throws {ImageError} image-undecodable with the `offset` of the truncation or damage
 */
export function unpackRows(
  { bytes, dataOffset, codeSize }: LzwSource,
  width: number,
  rows: number,
  work: WorkMeter,
  take: (row: Uint8Array, index: number) => void,
): void {
  const clear = 1 << codeSize;
  const end = clear + 1;
  /** By code: the code of its prefix, its last index, its first index, and its length. */
  const prefix = new Uint16Array(MAX_CODES);
  const suffix = new Uint8Array(MAX_CODES);
  const first = new Uint8Array(MAX_CODES);
  const length = new Uint16Array(MAX_CODES);
  for (let code = 0; code < clear; code++) {
    suffix[code] = code;
    first[code] = code;
    length[code] = 1;
  }
  const row = new Uint8Array(width);
  const phrase = new Uint8Array(MAX_CODES);
  let column = 0;
  let index = 0;
  let next = clear + 2;
  let bits = codeSize + 1;
  let previous = -1;
  let hold = 0;
  let held = 0;
  let at = dataOffset;
  let left = 0;

  for (;;) {
    while (held < bits) {
      if (left === 0) {
        if (at >= bytes.length) throw cut(bytes.length);
        left = bytes[at++]!;
        if (left === 0) throw endsEarly(at - 1, index);
        // The codes of a block, at most.
        work.spend((left * 8 * CODE_WORK) / bits);
      }
      if (at >= bytes.length) throw cut(bytes.length);
      hold |= bytes[at++]! << held;
      held += 8;
      left--;
    }
    const code = hold & ((1 << bits) - 1);
    hold >>>= bits;
    held -= bits;
    if (code === clear) {
      next = clear + 2;
      bits = codeSize + 1;
      previous = -1;
      continue;
    }
    if (code === end) throw endsEarly(at, index);
    if (code > next || (code === next && previous < 0) || (previous < 0 && code >= clear)) {
      throw undecodable(`has an invalid LZW code, at byte ${at}, in row ${index}; send it again`, {
        offset: at,
        row: index,
      });
    }
    // A new code is the previous phrase plus the first index of this one, which may be the new code itself.
    if (previous >= 0 && next < MAX_CODES) {
      prefix[next] = previous;
      first[next] = first[previous]!;
      suffix[next] = code === next ? first[previous]! : first[code]!;
      length[next] = length[previous]! + 1;
      next++;
      if (next === 1 << bits && bits < MAX_BITS) bits++;
    } else if (code === next) {
      throw undecodable(`has an invalid LZW code, at byte ${at}, in row ${index}; send it again`, {
        offset: at,
        row: index,
      });
    }
    previous = code;

    const count = length[code]!;
    for (let i = count - 1, each = code; i >= 0; i--) {
      phrase[i] = suffix[each]!;
      each = prefix[each]!;
    }
    for (let i = 0; i < count; i++) {
      row[column++] = phrase[i]!;
      if (column < width) continue;
      take(row, index++);
      if (index === rows) return;
      column = 0;
    }
  }
}

function endsEarly(offset: number, row: number) {
  return undecodable(`has image data that ends too early, at byte ${offset}, in row ${row}; send the whole file`, {
    offset,
    row,
  });
}
