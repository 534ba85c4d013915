/** Reverses the row filters of PNG (PNG third edition, 9.2). */

/**
 * @param type 0 none, 1 sub, 2 up, 3 average, 4 Paeth
 * @param row filtered; is unfiltered in place
 * @param above the previous row of the same pass, unfiltered; zeros for the first row
 * @param length of both, in bytes
 * @param step bytes per pixel, or 1 if a pixel has fewer than 8 bits
 * @returns false if the type is invalid
 */
export function undoFilter(type: number, row: Uint8Array, above: Uint8Array, length: number, step: number): boolean {
  switch (type) {
    case 0:
      return true;
    case 1:
      for (let i = step; i < length; i++) row[i]! += row[i - step]!;
      return true;
    case 2:
      for (let i = 0; i < length; i++) row[i]! += above[i]!;
      return true;
    case 3:
      for (let i = 0; i < step && i < length; i++) row[i]! += above[i]! >> 1;
      for (let i = step; i < length; i++) row[i]! += (row[i - step]! + above[i]!) >> 1;
      return true;
    case 4:
      undoPaeth(row, above, length, step);
      return true;
    default:
      return false;
  }
}

/**
 * Clause 9.4: predicts left, above or above left, whichever is nearest to left + above - above left. One channel at a time,
 * so that two of the three values stay in variables, which takes half the time.
 */
function undoPaeth(row: Uint8Array, above: Uint8Array, length: number, step: number): void {
  for (let channel = 0; channel < step; channel++) {
    let left = 0;
    let corner = 0;
    for (let i = channel; i < length; i += step) {
      const up = above[i]!;
      const across = up - corner;
      const down = left - corner;
      const toLeft = across < 0 ? -across : across;
      const toUp = down < 0 ? -down : down;
      const toCorner = across + down < 0 ? -across - down : across + down;
      const nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
      left = (row[i]! + nearest) & 255;
      row[i] = left;
      corner = up;
    }
  }
}
