/**
 * ICC profiles (ICC.1:2022, also version 2) with three curves and a matrix, or one curve for gray, as used by cameras, phones
 * and screens. Profiles with lookup tables, as used by printers, are not supported.
 */
import type { ColorTransform } from './color-transform.ts';
import { columns, type Matrix, product, type Vector } from './matrix.ts';
import { XYZ_TO_SRGB } from './primaries.ts';
import { type Curve, type RgbSpace, transformToSrgb } from './rgb-space.ts';

const HEADER_BYTES = 128;
const TAG_BYTES = 12;
/** The standard profiles have 9 to 20. */
const MAX_TAGS = 200;

/**
 * @returns undefined if no conversion is needed or possible: the profile is sRGB, not supported, or damaged. Images are not
 * refused because of their profile
 */
export function readIccProfile(bytes: Uint8Array): ColorTransform | undefined {
  const space = readIccSpace(bytes);
  return space && transformToSrgb(space);
}

/** The color model of the profile: 'RGB ', 'GRAY', 'CMYK', ... (7.2.6). Must match that of the image. */
export function iccColorModel(bytes: Uint8Array): string {
  return fourLetters(bytes, 16);
}

export function readIccSpace(bytes: Uint8Array): RgbSpace | undefined {
  if (bytes.length < HEADER_BYTES + 4 || fourLetters(bytes, 36) !== 'acsp') return undefined;
  const tags = readTags(bytes);
  const model = iccColorModel(bytes);
  if (model === 'GRAY') {
    const curve = readCurve(tags.get('kTRC'));
    return curve && { curves: [curve, curve, curve], matrix: undefined };
  }
  // With a connection space of Lab, the matrix would be meaningless.
  if (model !== 'RGB ' || fourLetters(bytes, 20) !== 'XYZ ') return undefined;
  const [red, green, blue] = ['rTRC', 'gTRC', 'bTRC'].map((tag) => readCurve(tags.get(tag)));
  const matrix = readMatrix(tags);
  return red && green && blue && matrix && { curves: [red, green, blue], matrix };
}

/** 7.3. Ignores tags that extend beyond the profile. */
function readTags(bytes: Uint8Array): Map<string, DataView> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.min(view.getUint32(HEADER_BYTES), MAX_TAGS);
  const tags = new Map<string, DataView>();
  for (let i = 0; i < count; i++) {
    const at = HEADER_BYTES + 4 + i * TAG_BYTES;
    if (at + TAG_BYTES > bytes.length) break;
    const offset = view.getUint32(at + 4);
    const length = view.getUint32(at + 8);
    if (offset + length > bytes.length) continue;
    tags.set(fourLetters(bytes, at), new DataView(bytes.buffer, bytes.byteOffset + offset, length));
  }
  return tags;
}

/** The colorants are full red, green and blue as XYZ, already adapted to D50 (9.2.44). */
function readMatrix(tags: Map<string, DataView>): Matrix | undefined {
  const [red, green, blue] = ['rXYZ', 'gXYZ', 'bXYZ'].map((tag) => readXyz(tags.get(tag)));
  return red && green && blue && product(XYZ_TO_SRGB, columns(red, green, blue));
}

/** 10.31. */
function readXyz(tag: DataView | undefined): Vector | undefined {
  if (!tag || tag.byteLength < 20 || typeOf(tag) !== 'XYZ ') return undefined;
  return [fixed(tag, 8), fixed(tag, 12), fixed(tag, 16)];
}

function readCurve(tag: DataView | undefined): Curve | undefined {
  if (!tag || tag.byteLength < 12) return undefined;
  const type = typeOf(tag);
  return type === 'curv' ? readSampledCurve(tag) : type === 'para' ? readParametricCurve(tag) : undefined;
}

/** 10.6: the identity, a gamma, or points with linear interpolation. */
function readSampledCurve(tag: DataView): Curve | undefined {
  const count = tag.getUint32(8);
  if (count === 0) return (value) => value;
  if (12 + count * 2 > tag.byteLength) return undefined;
  if (count === 1) return gammaCurve(tag.getUint16(12) / 256);
  const points = Float64Array.from({ length: count }, (_, i) => tag.getUint16(12 + i * 2) / 65535);
  return (value) => {
    const at = value * (count - 1);
    const before = Math.min(Math.floor(at), count - 2);
    return points[before]! + (points[before + 1]! - points[before]!) * (at - before);
  };
}

/** 10.18, table 70. */
function readParametricCurve(tag: DataView): Curve | undefined {
  const kind = tag.getUint16(8);
  const count = [1, 3, 4, 5, 7][kind];
  if (count === undefined || 12 + count * 4 > tag.byteLength) return undefined;
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from({ length: count }, (_, i) =>
    fixed(tag, 12 + i * 4),
  );
  if (!(g > 0) || (kind > 0 && a === 0)) return undefined;
  const power = (value: number) => Math.max(0, a * value + b) ** g;
  switch (kind) {
    case 0:
      return gammaCurve(g);
    case 1:
      return (value) => (value >= -b / a ? power(value) : 0);
    case 2:
      return (value) => (value >= -b / a ? power(value) : 0) + c;
    case 3:
      return (value) => (value >= d ? power(value) : c * value);
    default:
      return (value) => (value >= d ? power(value) + e : c * value + f);
  }
}

function gammaCurve(gamma: number): Curve | undefined {
  return gamma > 0 ? (value) => value ** gamma : undefined;
}

/** s15Fixed16Number (4.6). */
function fixed(view: DataView, at: number): number {
  return view.getInt32(at) / 65536;
}

function typeOf(tag: DataView): string {
  return fourLetters(new Uint8Array(tag.buffer, tag.byteOffset, tag.byteLength), 0);
}

function fourLetters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
