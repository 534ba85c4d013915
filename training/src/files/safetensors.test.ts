import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

const tensors = fc
  .dictionary(
    fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__' && name !== '__proto__'),
    fc.float32Array({ maxLength: 20 }),
  )
  .map(
    (all) => new Map(Object.entries(all).map(([name, values]) => [name, { shape: [values.length], values }] as const)),
  );

test('tensors and metadata survive a round trip', () => {
  fc.assert(
    fc.property(tensors, fc.string(), (written, note) => {
      const read = readSafetensors(writeSafetensors(written, { note }));
      assert.deepEqual([...read.tensors], [...written]);
      assert.deepEqual({ ...read.metadata }, { note });
    }),
  );
});

test('a truncated file is rejected', () => {
  const file = writeSafetensors(new Map([['a', { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) }]]), {});
  for (let length = 0; length < file.length; length++) {
    assert.throws(() => readSafetensors(file.slice(0, length)), { code: 'run-invalid' }, `${length} bytes`);
  }
});
