/**
 * The color space of a PNG (PNG third edition, 4.3), by the first chunk present of cICP, iCCP, sRGB and gAMA (with or
 * without cHRM). The default is sRGB. Chunks that cannot be read are ignored.
 */
import type { ColorTransform } from '../../color/color-transform.ts';
import { iccColorModel, readIccSpace } from '../../color/icc-profile.ts';
import { primariesToSrgb, standardPrimaries } from '../../color/primaries.ts';
import { type Curve, curveToSrgb, isFarFromSrgb, type RgbSpace, transformToSrgb } from '../../color/rgb-space.ts';
import { srgbToLight } from '../../color/srgb.ts';
import type { WorkMeter } from '../work-meter.ts';
import type { PngHeader } from './header.ts';
import { Inflate, InflateError } from './inflate/inflate.ts';
import { MAX_PROFILE_BYTES } from './limits.ts';
import type { PngParts } from './png-parts.ts';

/** Both are undefined if the image is sRGB. */
export interface PngColor {
  /** Applied to each sample of 0-1, before averaging. */
  readonly curve?: Curve | undefined;
  /** Applied to the averages. */
  readonly toSrgb?: ColorTransform | undefined;
}

type Used = PngParts['used'];

export function pngColor(used: Used, header: PngHeader, work: WorkMeter): PngColor {
  const space = fromCicp(used.cICP) ?? fromIccp(used.iCCP, header, work);
  if (space) return colorConversion(space);
  if (used.sRGB) return {};
  const gamma = fromGamma(used);
  return gamma ? colorConversion(gamma) : {};
}

/**
 * Colors are converted on the averages if the result is nearly the same. If the curve is far from sRGB's and equal for all
 * channels, as it nearly always is, samples are converted to sRGB's curve before averaging.
 */
function colorConversion(space: RgbSpace): PngColor {
  const [red, green, blue] = space.curves;
  const same = [0.1, 0.3, 0.5, 0.7, 0.9].every((v) => near(red(v), green(v), 1e-3) && near(blue(v), green(v), 1e-3));
  if (!same || !isFarFromSrgb(green)) return { toSrgb: transformToSrgb(space) };
  const rest = { curves: [srgbToLight, srgbToLight, srgbToLight], matrix: space.matrix } as const;
  return { curve: curveToSrgb(green), toSrgb: transformToSrgb(rest) };
}

/** By number in ITU-T H.273, table 3. Curves of high dynamic range are omitted, so that the other chunks decide. */
const transferCurves: Readonly<Record<number, Curve>> = {
  1: bt709,
  4: (value) => value ** 2.2,
  5: (value) => value ** 2.8,
  6: bt709,
  8: (value) => value,
  13: srgbToLight,
  14: bt709,
  15: bt709,
};

/** 11.3.2.6: primaries, transfer, matrix (RGB) and range (full). */
function fromCicp(cicp: Uint8Array | undefined): RgbSpace | undefined {
  if (cicp?.length !== 4 || cicp[2] !== 0 || cicp[3] !== 1) return undefined;
  const primaries = standardPrimaries[cicp[0]!];
  const curve = transferCurves[cicp[1]!];
  return primaries && curve && { curves: [curve, curve, curve], matrix: primariesToSrgb(primaries) };
}

/** 11.3.2.3: a name of up to 79 bytes, a zero, the compression method, the compressed profile. */
function fromIccp(iccp: Uint8Array | undefined, { colorType }: PngHeader, work: WorkMeter): RgbSpace | undefined {
  if (!iccp) return undefined;
  const nameEnd = iccp.indexOf(0);
  if (nameEnd < 0 || nameEnd > 79 || iccp[nameEnd + 1] !== 0) return undefined;
  const profile = inflated(iccp.subarray(nameEnd + 2), work);
  if (!profile) return undefined;
  const model = colorType === 0 || colorType === 4 ? 'GRAY' : 'RGB ';
  return iccColorModel(profile) === model ? readIccSpace(profile) : undefined;
}

function inflated(compressed: Uint8Array, work: WorkMeter): Uint8Array | undefined {
  const inflate = new Inflate([compressed], (units) => work.spend(units));
  const profile = new Uint8Array(MAX_PROFILE_BYTES);
  let length = 0;
  try {
    for (let step = inflate.next(); step; step = inflate.next()) {
      if (length + step.length > MAX_PROFILE_BYTES) return undefined;
      profile.set(step, length);
      length += step.length;
    }
  } catch (error) {
    if (error instanceof InflateError) return undefined;
    throw error;
  }
  return profile.subarray(0, length);
}

/** A gamma within 5 % of sRGB's 1 / 2.2 counts as sRGB, as in libpng. */
const MAX_GAMMA_DIFFERENCE = 0.05;

/** 11.3.2.2 and 11.3.2.1. Without gAMA, chromaticities are not enough. */
function fromGamma({ gAMA, cHRM }: Used): RgbSpace | undefined {
  if (gAMA?.length !== 4) return undefined;
  const exponent = uint32(gAMA, 0) / 100_000;
  if (exponent < 0.01 || exponent > 100) return undefined;
  const curve =
    Math.abs(exponent * 2.2 - 1) < MAX_GAMMA_DIFFERENCE ? srgbToLight : (value: number) => value ** (1 / exponent);
  return { curves: [curve, curve, curve], matrix: cHRM?.length === 32 ? fromChromaticities(cHRM) : undefined };
}

function fromChromaticities(chrm: Uint8Array) {
  const at = (index: number) => [uint32(chrm, index * 8) / 100_000, uint32(chrm, index * 8 + 4) / 100_000] as const;
  return primariesToSrgb({ white: at(0), red: at(1), green: at(2), blue: at(3) });
}

/** The inverse of ITU-R BT.709-6, 1.2. */
function bt709(value: number): number {
  return value < 0.081 ? value / 4.5 : ((value + 0.099) / 1.099) ** (1 / 0.45);
}

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
}

function near(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance;
}
