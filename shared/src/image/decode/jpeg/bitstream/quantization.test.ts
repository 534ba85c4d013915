import assert from 'node:assert/strict';
import test from 'node:test';
import { WorkMeter } from '../../work-meter.ts';
import { readQuantizationTables, ZIGZAG } from './quantization.ts';

const steps = Array.from({ length: 64 }, (_, k) => k + 1);

test('the zigzag visits each index once, by rising frequency', () => {
  assert.equal(new Set(ZIGZAG).size, 64);
  const sums = Array.from(ZIGZAG, (place) => (place >> 3) + (place & 7));
  assert.deepEqual(
    sums,
    sums.toSorted((a, b) => a - b),
  );
});

test('a segment may contain several tables of 8 and 16 bits', () => {
  const tables: (Float64Array | undefined)[] = [];
  const wide = steps.flatMap((step) => [1, step]);
  readQuantizationTables(Uint8Array.of(0x01, ...steps, 0x12, ...wide), tables, new WorkMeter());
  assert.deepEqual([...tables[1]!], steps);
  assert.deepEqual(
    [...tables[2]!],
    steps.map((step) => step + 256),
  );
  assert.equal(tables[0], undefined);
});

test('a truncated table, or a fifth destination, is refused', () => {
  for (const body of [Uint8Array.of(0, ...steps.slice(1)), Uint8Array.of(0x10, ...steps), Uint8Array.of(4, ...steps)]) {
    assert.throws(() => readQuantizationTables(body, [], new WorkMeter()), {
      code: 'image-undecodable',
      message: /quantization/,
    });
  }
});
