/** GIF's variable-length-code LZW (GIF89a specification, appendix F), put out a row at a time. */
import { cut, undecodable } from './gif-parts.ts';

const MAX_CODES = 4096;
const MAX_BITS = 12;

export interface LzwSource {
  /** Starts with the length of its first block; each block is preceded by its own, the last one is 0. */
  readonly bytes: Uint8Array;
  readonly dataOffset: number;
  readonly codeSize: number;
}

/**
 * Calls `take` with each row of indices, in the order of the file; the row is overwritten by the next. Stops behind the
 * last one, whatever follows it: so the work is at most that of the file's bytes and the rows asked for.
 *
 * @throws {ImageError} image-undecodable with the `offset` where the data end too early or break
 */
export function unpackRows(
  { bytes, dataOffset, codeSize }: LzwSource,
  width: number,
  rows: number,
  take: (row: Uint8Array, index: number) => void,
): void {
  const clear = 1 << codeSize;
  const end = clear + 1;
  /** By code: the code of all but its last index, that last index, and its length. */
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
      throw undecodable(`has a code that does not exist, at byte ${at}, in row ${index}; send it anew`, {
        offset: at,
        row: index,
      });
    }
    // A new code is the last phrase and the first index of this one, which may be that new code itself.
    if (previous >= 0 && next < MAX_CODES) {
      prefix[next] = previous;
      first[next] = first[previous]!;
      suffix[next] = code === next ? first[previous]! : first[code]!;
      length[next] = length[previous]! + 1;
      next++;
      if (next === 1 << bits && bits < MAX_BITS) bits++;
    } else if (code === next) {
      throw undecodable(`has a code that does not exist, at byte ${at}, in row ${index}; send it anew`, {
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
  return undecodable(`has image data that end too early, at byte ${offset}, in row ${row}; send the whole file`, {
    offset,
    row,
  });
}
