import assert from 'node:assert/strict';
import test from 'node:test';
import { blockLayout, type FrameHeader } from '../bitstream/frame.ts';
import { upsamplings } from './upsampling.ts';

/** The upsampling of the second component, 1 x 1 by default. */
function triangles(luma: [number, number], { width = 100, chroma = [1, 1] as [number, number] } = {}): string {
  const components = [luma, chroma].map(([horizontal, vertical], id) => ({
    id,
    horizontal,
    vertical,
    quantization: 0,
  }));
  const frame: FrameHeader = { width, height: 100, progressive: false, components };
  const { columns, rows } = upsamplings(frame, components[1]!, blockLayout(frame, components[1]!));
  return `${columns.triangle ? 'triangle' : 'repeat'} ${rows.triangle ? 'triangle' : 'repeat'}`;
}

test('samples are interpolated in the same cases as in libjpeg, and repeated otherwise', () => {
  assert.equal(triangles([1, 1]), 'repeat repeat');
  assert.equal(triangles([2, 1]), 'triangle repeat');
  assert.equal(triangles([1, 2]), 'repeat triangle');
  assert.equal(triangles([2, 2]), 'triangle triangle');
  assert.equal(triangles([4, 1]), 'repeat repeat');
  assert.equal(triangles([4, 2]), 'repeat repeat');
  assert.equal(triangles([2, 4]), 'repeat repeat');
  assert.equal(triangles([4, 4], { chroma: [2, 2] }), 'triangle triangle');
  assert.equal(triangles([3, 1]), 'repeat repeat');
});

test('two samples are not interpolated, except for rows only', () => {
  assert.equal(triangles([2, 1], { width: 4 }), 'repeat repeat');
  assert.equal(triangles([2, 2], { width: 4 }), 'repeat repeat');
  assert.equal(triangles([2, 2], { width: 5 }), 'triangle triangle');
  assert.equal(triangles([1, 2], { width: 2 }), 'repeat triangle');
});
