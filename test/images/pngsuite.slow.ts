/**
 * PngSuite (Willem van Schaik). The PyPI package `pypng` contains 28 of its images, as hexadecimal in its sources. The
 * corrupt images are recreated here from the descriptions on PngSuite's page.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { promisify } from 'node:util';
import { limitsSchema, pixelLimits } from '@glimpse/shared/api/limits';
import { areaAverage } from '@glimpse/shared/image/area-average/area-average';
import { pngDecoder } from '@glimpse/shared/image/decode/png/png-decoder';
import { ImageError } from '@glimpse/shared/image/image-error';
import type { InputContract } from '@glimpse/shared/image/input-contract';
import { nodeImageReader } from '@glimpse/shared/image/node';
import { cacheFolder } from '@glimpse/training/files/cache-folder';
import { byLibpng } from '../support/image/libpng-fixture.ts';
import { chunk } from '../support/image/png-fixture.ts';

const PACKAGE = 'pypng-0.20220715.0';
const archive = cacheFolder('pngsuite', `${PACKAGE}.tar.gz`);
const bring = `pip download --no-deps --no-binary :all: --dest ${cacheFolder('pngsuite')} pypng==0.20220715.0`;
const skip = existsSync(archive) ? false : `PngSuite is not here: ${bring}`;

async function readSuite(): Promise<Map<string, Uint8Array>> {
  const { stdout } = await promisify(execFile)('tar', ['-xzOf', archive, `${PACKAGE}/code/pngsuite.py`]);
  const images = stdout.matchAll(/'(\w+)': _dehex\(b"""([0-9a-f\s]+)"""\)/g);
  return new Map(
    [...images].map(([, name, hex]) => [name!, Uint8Array.from(Buffer.from(hex!.replace(/\s/g, ''), 'hex'))]),
  );
}

const limits = pixelLimits(limitsSchema.parse({}));
const contractOf = (width: number, height: number): InputContract => ({
  ...{ width, height, channels: 3, fit: 'stretch', mean: [0, 0, 0], standardDeviation: [1, 1, 1] },
});

test("PngSuite's images are averaged from the same pixels as libpng's", { skip }, async (t) => {
  const suite = await readSuite();
  assert.equal(suite.size, 28);
  for (const [name, bytes] of suite) {
    await t.test(name, async () => {
      const header = new DataView(bytes.buffer).getUint32(16);
      const [width, height, depth] = [header, new DataView(bytes.buffer).getUint32(20), bytes[24]!];
      const data = await byLibpng(bytes, depth);
      for (const contract of [contractOf(width, height), contractOf(8, 12), contractOf(100, 50)]) {
        const { pixels } = await pngDecoder('as-stored').decode(bytes, contract, { maxPixels: 1e6 });
        assert.deepEqual(pixels, areaAverage({ width, height, data }, contract));
      }
    });
  }
});

/** Changes one byte. */
const changed = (bytes: Uint8Array, at: number, value: number) => bytes.with(at, value);
/** Changes the header and corrects its checksum. */
function declaring(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const data = changed(bytes.subarray(16, 29), at, value);
  return Uint8Array.from(Buffer.concat([bytes.subarray(0, 8), chunk('IHDR', data), bytes.subarray(33)]));
}
function without(bytes: Uint8Array, type: string): Uint8Array {
  const at = Buffer.from(bytes).indexOf(type) - 4;
  const length = new DataView(bytes.buffer, at).getUint32(0);
  return Uint8Array.from(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 12 + length)]));
}
const replaced = (bytes: Uint8Array, from: string, to: string) =>
  Uint8Array.from(Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(from, to), 'latin1'));

/** Named and described as on PngSuite's page. */
const corruptions: Record<string, { of: string; corrupt: (bytes: Uint8Array) => Uint8Array }> = {
  'xs1n0g01, signature byte 1 without its highest bit': { of: 'basn0g01', corrupt: (b) => changed(b, 0, 0x09) },
  'xs2n0g01, signature byte 2 a Q': { of: 'basn0g01', corrupt: (b) => changed(b, 1, 0x51) },
  'xs4n0g01, signature byte 4 in lower case': { of: 'basn0g01', corrupt: (b) => changed(b, 3, 0x67) },
  'xs7n0g01, signature byte 7 a space': { of: 'basn0g01', corrupt: (b) => changed(b, 6, 0x20) },
  'xcrn0g04, carriage returns added': { of: 'basn0g04', corrupt: (b) => replaced(b, '\n', '\r\n') },
  'xlfn0g04, carriage returns removed': { of: 'basn0g04', corrupt: (b) => replaced(b, '\r\n', '\n') },
  'xhdn0g08, the checksum of IHDR': { of: 'basn0g08', corrupt: (b) => changed(b, 32, b[32]! ^ 1) },
  'xc1n0g08, color type 1': { of: 'basn0g08', corrupt: (b) => declaring(b, 9, 1) },
  'xc9n2c08, color type 9': { of: 'basn2c08', corrupt: (b) => declaring(b, 9, 9) },
  'xd0n2c08, bit depth 0': { of: 'basn2c08', corrupt: (b) => declaring(b, 8, 0) },
  'xd3n2c08, bit depth 3': { of: 'basn2c08', corrupt: (b) => declaring(b, 8, 3) },
  'xd9n2c08, bit depth 99': { of: 'basn2c08', corrupt: (b) => declaring(b, 8, 99) },
  'xdtn0g01, no IDAT': { of: 'basn0g01', corrupt: (b) => without(b, 'IDAT') },
  'xcsn0g01, the checksum of IDAT': { of: 'basn0g01', corrupt: (b) => changed(b, b.length - 13, b.at(-13)! ^ 1) },
};

test("PngSuite's corrupt images are refused", { skip }, async (t) => {
  const suite = await readSuite();
  const readImage = nodeImageReader();
  for (const [name, { of, corrupt }] of Object.entries(corruptions)) {
    await t.test(name, async () => {
      const bytes = suite.get(of)!;
      await readImage(bytes, contractOf(32, 32), limits);
      await assert.rejects(
        async () => readImage(corrupt(bytes), contractOf(32, 32), limits),
        (error) => error instanceof ImageError && /undecodable|unsupported/.test(error.code),
      );
    });
  }
});
