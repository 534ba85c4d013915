/** JPEG (ITU-T T.81): tables, frames and scans; JFIF, Adobe and ICC segments. */

import { ImageError } from '../../image-error.ts';
import { exifOrientation, type Orientation } from '../../orientation/exif-orientation.ts';
import { orientationBlock } from '../../orientation/orientation-block.ts';
import { ADOBE, EXIF, ICC, JFIF, startsWith } from './bitstream/app-segments.ts';
import {
  APP0,
  APP1,
  APP2,
  APP14,
  DHT,
  DNL,
  DQT,
  DRI,
  EOI,
  findMarker,
  isFrame,
  isRestart,
  readSegment,
  type Segment,
  SOI,
  SOS,
} from './bitstream/markers.ts';
import { undecodable } from './undecodable.ts';

/** JFIF 1.02, p. 5: bytes 12 and 13 are the size of the thumbnail, followed by its pixels. */
const JFIF_BYTES = 14;
const THUMBNAIL_SIDES = 12;
/** The meaningful part of the Adobe segment. */
const ADOBE_BYTES = 12;

export function jpegWithoutMetadata(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [Uint8Array.of(0xff, SOI)];
  let oriented = false;
  let scanned = false;
  for (let at = 2; ; ) {
    const segment = nextSegment(bytes, at, scanned);
    if (!segment || segment.code === EOI) break;
    const { code, body } = segment;
    at = segment.end;
    let kept = isImage(code) ? body : keptOfApp(segment);
    // Only the first one is used, and only before the image.
    if (code === APP1 && startsWith(body, EXIF) && !oriented && !scanned) {
      oriented = true;
      kept = exifSegment(exifOrientation(body));
    }
    if (kept) parts.push(Uint8Array.of(0xff, code, (kept.length + 2) >> 8, (kept.length + 2) & 0xff), kept);
    if (code !== SOS) continue;
    scanned = true;
    const end = endOfScan(bytes, at);
    parts.push(bytes.subarray(at, end));
    at = end;
  }
  if (!scanned) throw undecodable('contains no image; send the whole file');
  parts.push(Uint8Array.of(0xff, EOI));
  return parts;
}

/** After the first scan, the decoder ignores damage between segments, so the image ends there. */
function nextSegment(bytes: Uint8Array, at: number, scanned: boolean): Segment | undefined {
  try {
    return readSegment(bytes, at);
  } catch (error) {
    if (error instanceof ImageError && scanned) return undefined;
    throw error;
  }
}

function isImage(code: number): boolean {
  return [DQT, DHT, DRI, SOS, DNL].includes(code) || isFrame(code);
}

function keptOfApp({ code, body }: Segment): Uint8Array | undefined {
  if (code === APP0 && startsWith(body, JFIF)) {
    const header = new Uint8Array(JFIF_BYTES);
    header.set(body.subarray(0, THUMBNAIL_SIDES));
    return header;
  }
  if (code === APP14 && startsWith(body, ADOBE)) return body.subarray(0, ADOBE_BYTES);
  if (code === APP2 && startsWith(body, ICC)) return body;
  return undefined;
}

function exifSegment(orientation: Orientation): Uint8Array | undefined {
  if (orientation === 1) return undefined;
  return Uint8Array.of(...[...EXIF].map((letter) => letter.charCodeAt(0)), ...orientationBlock(orientation));
}

/** Restart markers are part of the scan (B.1.1.2). */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = findMarker(bytes, from); at >= 0; at = findMarker(bytes, at + 1)) {
    if (!isRestart(bytes[at]!)) return at - 1;
  }
  return bytes.length;
}
