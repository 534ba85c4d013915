/** The `Range` header (RFC 9110, 14.2). Only one range of bytes is supported. */

export interface ByteRange {
  readonly offset: number;
  /** At least 1. */
  readonly length: number;
}

/**
 * @param size of the whole content, in bytes
 * @returns undefined to send the whole content: no header, several ranges, another unit or an invalid range, all of which
 * a server may ignore; `unsatisfiable` if none of the bytes exists
 */
export function readRange(header: string | null, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { offset: size - length, length };
  }
  const offset = Number(first);
  if (last !== '' && Number(last) < offset) return undefined;
  if (offset >= size) return 'unsatisfiable';
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  return { offset, length: end - offset };
}
