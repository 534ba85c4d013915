import assert from 'node:assert/strict';
import test from 'node:test';
import { type ColorModel, colorModel, convertColors } from './color-convert.ts';

const frame = (ids: readonly number[]) => ({
  ...{ width: 8, height: 8, progressive: false },
  components: ids.map((id) => ({ id, horizontal: 1, vertical: 1, quantization: 0 })),
});
const rgbIds = [82, 71, 66];

test('color models are detected as in libjpeg', () => {
  const data = { iccParts: new Map<number, Uint8Array>() };
  const model = (ids: readonly number[], jfif?: boolean, adobe?: number) =>
    colorModel(frame(ids), { ...data, ...(jfif ? { jfif } : {}), ...(adobe === undefined ? {} : { adobe }) });
  assert.equal(model([1]), 'gray');
  assert.equal(model([1, 2, 3]), 'ycbcr');
  assert.equal(model([1, 2, 3], false, 0), 'rgb');
  assert.equal(model([1, 2, 3], true, 0), 'ycbcr');
  assert.equal(model(rgbIds), 'rgb');
  assert.equal(model(rgbIds, false, 1), 'ycbcr');
  assert.equal(model([1, 2, 3, 4]), 'cmyk');
  assert.equal(model([1, 2, 3, 4], false, 0), 'cmyk');
  assert.equal(model([1, 2, 3, 4], false, 2), 'ycck');
});

function convert(values: readonly number[], model: ColorModel, inverted = false): number[] {
  const cells = values.map((value) => Float32Array.of(value - 128));
  convertColors(cells, model, inverted);
  return cells.slice(0, 3).map(([value]) => Math.round(value!));
}

test('YCbCr becomes RGB, clamped', () => {
  assert.deepEqual(convert([76, 85, 255], 'ycbcr'), [254, 0, 0]);
  assert.deepEqual(convert([128, 128, 128], 'ycbcr'), [128, 128, 128]);
  assert.deepEqual(convert([300, 128, 128], 'ycbcr'), [255, 255, 255]);
});

test('gray and RGB are only clamped', () => {
  assert.deepEqual(convert([270], 'gray'), [255]);
  assert.deepEqual(convert([-3, 100, 260], 'rgb'), [0, 100, 255]);
});

test('CMYK is ink, or inverted with an Adobe segment', () => {
  assert.deepEqual(convert([255, 0, 0, 51], 'cmyk'), [0, 204, 204]);
  assert.deepEqual(convert([0, 255, 255, 204], 'cmyk', true), [0, 204, 204]);
});

test('YCCK is CMYK converted like YCbCr', () => {
  // Luma 76, Cb 85 and Cr 255 are red: inverted ink values of 255, 0, 0.
  assert.deepEqual(convert([76, 85, 255, 255], 'ycck', true), [1, 255, 255]);
  assert.deepEqual(convert([128, 128, 128, 0], 'ycck', true), [0, 0, 0]);
});
