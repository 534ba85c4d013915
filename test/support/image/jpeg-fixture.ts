/** JPEGs for tests: real ones from sharp, and headers that sharp cannot write. */
import assert from 'node:assert/strict';
import { areaAverage } from '@glimpse/shared/image/area-average/area-average';
import type { InputContract } from '@glimpse/shared/image/input-contract';
import sharp, { type JpegOptions } from 'sharp';
import { segment } from './jpeg-encoder-fixture.ts';

/** An image with detail everywhere, so that each part of the file matters. RGB, [height, width, 3]. */
export function noise(width: number, height: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((i / 3) % width) * (128 / width) + (state >>> 25);
  });
}

export interface JpegFixture extends JpegOptions {
  width: number;
  height: number;
  orientation?: number;
}

export async function jpeg({ width, height, orientation, ...options }: JpegFixture): Promise<Uint8Array> {
  const image = sharp(noise(width, height), { raw: { width, height, channels: 3 } });
  const tagged = orientation === undefined ? image : image.withMetadata({ orientation });
  return new Uint8Array(await tagged.jpeg(options).toBuffer());
}

/** SOI, a frame header, an empty scan and EOI. */
export function skeleton({ frame = 0xc0, precision = 8, width = 16, height = 16, components = 3 }): Uint8Array {
  const specifications = Array.from({ length: components }, (_, i) => [i + 1, 0x11, 0]).flat();
  const selectors = Array.from({ length: components }, (_, i) => [i + 1, 0]).flat();
  return Uint8Array.of(
    ...[0xff, 0xd8],
    ...segment(frame, precision, height >> 8, height & 255, width >> 8, width & 255, components, ...specifications),
    ...segment(0xda, components, ...selectors, 0, 63, 0),
    ...[0xff, 0xd9],
  );
}

export function contractOf(options: Partial<InputContract> = {}): InputContract {
  return {
    ...{ height: 32, width: 32, channels: 3, fit: 'stretch' },
    ...{ mean: [0, 0, 0], standardDeviation: [1, 1, 1] },
    ...options,
  };
}

/** Decodes with sharp (libvips, libjpeg-turbo), upright, then averages with `areaAverage`. */
export async function bySharp(bytes: Uint8Array, contract: InputContract): Promise<Uint8Array> {
  const { data, info } = await sharp(bytes, { limitInputPixels: false })
    .autoOrient()
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return areaAverage({ width: info.width, height: info.height, data }, contract);
}

export interface Difference {
  readonly mean: number;
  readonly most: number;
}

export function difference(a: Uint8Array, b: Uint8Array): Difference {
  assert.equal(a.length, b.length);
  const differences = a.map((value, i) => Math.abs(value - b[i]!));
  return {
    mean: differences.reduce((sum, each) => sum + each, 0) / a.length,
    most: differences.reduce((most, each) => Math.max(most, each), 0),
  };
}
