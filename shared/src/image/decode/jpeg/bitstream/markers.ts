/** Markers and their segments (ITU-T T.81, B.1.1). */
import type { WorkMeter } from '../../work-meter.ts';
import { MARKER_WORK } from '../limits.ts';
import { undecodable } from '../undecodable.ts';

/** Table B.1: the second byte of the markers that this decoder handles. */
export const SOF0_BASELINE = 0xc0;
export const SOF1_EXTENDED = 0xc1;
export const SOF2_PROGRESSIVE = 0xc2;
export const DHT = 0xc4;
export const RST0 = 0xd0;
export const SOI = 0xd8;
export const EOI = 0xd9;
export const SOS = 0xda;
export const DQT = 0xdb;
export const DNL = 0xdc;
export const DRI = 0xdd;
export const APP0 = 0xe0;
export const APP1 = 0xe1;
export const APP2 = 0xe2;
export const APP14 = 0xee;
const TEM = 0x01;

export const isRestart = (code: number) => (code & 0xf8) === RST0;

/** SOF0-SOF15, except the three codes in between that are not frames. */
export const isFrame = (code: number) => (code & 0xf0) === 0xc0 && code !== DHT && code !== 0xc8 && code !== 0xcc;

/**
 * Skips entropy-coded data with its stuffed zeros (B.1.1.5), fill bytes (B.1.1.2) and stray bytes, as libjpeg does.
 *
 * @returns the offset of the next marker's second byte, or -1
 */
export function findMarker(bytes: Uint8Array, from: number, work?: WorkMeter): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at)) {
    while (bytes[at] === 0xff) at++;
    work?.spend(MARKER_WORK);
    if (at >= bytes.length) return -1;
    if (bytes[at] !== 0) return at;
  }
  return -1;
}

export interface Segment {
  readonly code: number;
  /** Parameters, without the length. Empty for markers without a segment. */
  readonly body: Uint8Array;
  /** Offset in the file of the first byte after the segment. */
  readonly end: number;
}

/**
 * Reads the next marker and its parameters (B.1.1.4). Ignores restart markers outside a scan, TEM and a second SOI.
 *
 * @returns undefined at the end of the file
 * @throws {ImageError} image-undecodable if the segment is truncated or declares an invalid length
 */
export function readSegment(bytes: Uint8Array, from: number, work?: WorkMeter): Segment | undefined {
  for (let at = from; ; ) {
    const found = findMarker(bytes, at, work);
    if (found < 0) return undefined;
    const code = bytes[found]!;
    at = found + 1;
    if (code === TEM || code === SOI || isRestart(code)) continue;
    if (code === EOI) return { code, body: bytes.subarray(at, at), end: at };
    const length = at + 2 <= bytes.length ? (bytes[at]! << 8) | bytes[at + 1]! : 0xffff;
    if (at + length > bytes.length)
      throw undecodable(`ends at byte ${bytes.length}, within a header; send the whole file`);
    if (length < 2) throw undecodable(`is damaged: the segment at byte ${found} has no length; save it again`);
    return { code, body: bytes.subarray(at + 2, at + length), end: at + length };
  }
}

/**
 * Finds the number of lines if the frame header declares 0 (B.2.5): a DNL marker follows the first scan.
 *
 * @returns 0 if there is no such marker
 */
export function findNumberOfLines(bytes: Uint8Array, from: number): number {
  for (let at = findMarker(bytes, from); at >= 0; at = findMarker(bytes, at + 1)) {
    if (bytes[at] === DNL) return ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
    if (bytes[at] === EOI) return 0;
  }
  return 0;
}
