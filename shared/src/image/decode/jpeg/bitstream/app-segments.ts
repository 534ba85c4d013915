/** Application segments (ITU-T T.81, B.2.4.6): JFIF, Exif, Adobe, ICC. */
import { exifOrientation, type Orientation } from '../../../orientation/exif-orientation.ts';
import { MAX_ICC_BYTES } from '../limits.ts';
import { APP0, APP1, APP2, APP14, type Segment } from './markers.ts';

/** What the segments read so far declare. A decode begins with `{ iccParts: new Map() }`. */
export interface AppData {
  /** JFIF images are gray or YCbCr (JFIF 1.02, p. 3). */
  jfif?: boolean;
  /** From the first Exif segment. */
  orientation?: Orientation;
  /** Color transform in the Adobe segment: 0 none, 1 YCbCr, 2 YCCK. */
  adobe?: number;
  /** Parts of the ICC profile by number, starting at 1, and their declared count. */
  readonly iccParts: Map<number, Uint8Array>;
  iccCount?: number;
}

/** Identifiers at the beginning of the segments. */
export const JFIF = 'JFIF\0';
export const EXIF = 'Exif\0\0';
export const ADOBE = 'Adobe';
export const ICC = 'ICC_PROFILE\0';

export function readAppSegment({ code, body }: Segment, data: AppData): void {
  if (code === APP0 && startsWith(body, JFIF)) {
    data.jfif = true;
  } else if (code === APP1 && startsWith(body, EXIF)) {
    data.orientation ??= exifOrientation(body.subarray(EXIF.length));
  } else if (code === APP14 && startsWith(body, ADOBE) && body.length >= 12) {
    data.adobe = body[11]!;
  } else if (code === APP2 && startsWith(body, ICC) && body.length > ICC.length + 2) {
    data.iccParts.set(body[ICC.length]!, body.subarray(ICC.length + 2));
    data.iccCount = body[ICC.length + 1]!;
  }
}

/** Joins the parts (ICC.1:2022, B.4). @returns undefined if a part is missing or the profile exceeds 64 KB */
export function iccProfile({ iccParts, iccCount = 0 }: AppData): Uint8Array | undefined {
  const parts = Array.from({ length: iccCount }, (_, i) => iccParts.get(i + 1));
  const length = parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);
  if (length === 0 || length > MAX_ICC_BYTES) return undefined;
  const profile = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    if (!part) return undefined;
    profile.set(part, at);
    at += part.length;
  }
  return profile;
}

export function startsWith(bytes: Uint8Array, magic: string): boolean {
  for (let i = 0; i < magic.length; i++) if (bytes[i] !== magic.charCodeAt(i)) return false;
  return true;
}
