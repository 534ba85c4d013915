/** Adler-32 (RFC 1950, 8.2). */

const BASE = 65521;
/** How many bytes can be summed before the larger sum exceeds 31 bits, which engines keep in a register. */
const MAX_UNREDUCED = 3800;

/** @param sum of the previous bytes, 1 at the beginning */
export function adler32(bytes: Uint8Array, sum = 1): number {
  let low = sum & 0xffff;
  let high = sum >>> 16;
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(at + MAX_UNREDUCED, bytes.length);
    for (; at < end; at++) {
      low += bytes[at]!;
      high += low;
    }
    low %= BASE;
    high %= BASE;
  }
  return high * 65536 + low;
}
