import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { wasmKernels } from '../engines/wasm/kernels.ts';
import { startWasm } from '../engines/wasm/start.ts';
import { cutout, translateAndFlip } from './augment.ts';

before(startWasm);

const [COUNT, HEIGHT, WIDTH] = [64, 5, 6];
/** Each pixel says where it was. */
const image = Float32Array.from({ length: HEIGHT * WIDTH }, (_, i) => i + 1);
const none = { flip: false, translate: 0, cutout: 0 };

function apply(step: number, work: (x: Tensor, key: Tensor) => Tensor): number[][][] {
  return tidy(() => {
    const images = Array.from({ length: COUNT }, () => [...image]).flat();
    const key = tensor([1, step], [2], 'int32');
    const values = work(tensor(images, [COUNT, HEIGHT, WIDTH, 1]), key).dataSync();
    return Array.from({ length: COUNT }, (_, n) =>
      Array.from({ length: HEIGHT }, (_, y) => [
        ...values.slice((n * HEIGHT + y) * WIDTH, (n * HEIGHT + y + 1) * WIDTH),
      ]),
    );
  });
}

const original = Array.from({ length: HEIGHT }, (_, y) => [...image.slice(y * WIDTH, (y + 1) * WIDTH)]);
const mirrored = original.map((row) => row.toReversed());
const text = (rows: unknown) => JSON.stringify(rows);

test('about half of the images are mirrored, and the others are unchanged', () => {
  const images = apply(0, (x, key) => translateAndFlip(x, { ...none, flip: true }, key, wasmKernels)).map(text);
  const turned = images.filter((rows) => rows === text(mirrored)).length;
  assert.equal(images.filter((rows) => rows === text(original)).length, COUNT - turned);
  assert.ok(turned > COUNT / 4 && turned < (COUNT * 3) / 4, `${turned}`);
});

test('images are moved by whole pixels up to the limit each way, with reflections at the edges', () => {
  const reflect = (at: number, length: number) => (at < 0 ? -1 - at : at >= length ? 2 * length - 1 - at : at);
  const moved = (dy: number, dx: number) =>
    original.map((_, y) => original[0]!.map((_, x) => original[reflect(y + dy, HEIGHT)]![reflect(x + dx, WIDTH)]!));
  const shifts = [-2, -1, 0, 1, 2];
  const possible = new Map(shifts.flatMap((dy) => shifts.map((dx) => [text(moved(dy, dx)), [dy, dx]] as const)));
  const seen = apply(0, (x, key) => translateAndFlip(x, { ...none, translate: 2 }, key, wasmKernels)).map((rows) => {
    const shift = possible.get(text(rows));
    assert.ok(shift, text(rows));
    return shift;
  });
  for (const axis of [0, 1])
    assert.deepEqual(
      [...new Set(seen.map((shift) => shift[axis]!))].sort((a, b) => a - b),
      shifts,
    );
});

for (const size of [1, 2, 3]) {
  test(`a square of ${size} x ${size} is set to the mean, wholly or in part within the image`, () => {
    for (const rows of apply(0, (x, key) => cutout(x, { ...none, cutout: size }, key, wasmKernels))) {
      const gone = rows.flatMap((row, y) => row.flatMap((value, x) => (value === 0 ? [[y, x] as const] : [])));
      assert.ok(gone.length >= 1 && gone.length <= size ** 2, `${gone.length}`);
      for (const axis of [0, 1] as const) {
        const places = gone.map((place) => place[axis]);
        assert.ok(Math.max(...places) - Math.min(...places) < size);
      }
      const [height, width] = [0, 1].map((axis) => new Set(gone.map((place) => place[axis])).size);
      assert.equal(gone.length, height! * width!);
    }
  });
}

test('the same seed and step give the same images; another step gives different ones', () => {
  const all = { flip: true, translate: 2, cutout: 2 };
  const run = (step: number) =>
    text(apply(step, (x, key) => cutout(translateAndFlip(x, all, key, wasmKernels), all, key, wasmKernels)));
  assert.equal(run(3), run(3));
  assert.notEqual(run(3), run(4));
});
