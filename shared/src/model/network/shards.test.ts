import assert from 'node:assert/strict';
import test from 'node:test';
import { testWeights } from '@glimpse/test/support/weights';
import fc from 'fast-check';
import { cifar10Small } from '../architectures/cifar10-small.ts';
import { readModelFile, readWeights, writeModelFile } from './model-file.ts';
import { assertShardOrder, shard } from './shards.ts';

const weights = testWeights(cifar10Small);
const whole = writeModelFile(
  cifar10Small,
  [...weights].map(([name, { shape, values }]) => ({
    entry: { name, shape: [...shape], dtype: 'float32' as const },
    bytes: new Uint8Array(values.slice().buffer),
  })),
);

test('weights in shards of any size survive a round trip, and the names sort in the order of the shards', () => {
  fc.assert(
    fc.property(fc.integer({ min: 50, max: 10_000 }), (shardBytes) => {
      const { modelJson, weightFiles } = shard(whole, shardBytes);
      const paths = [...weightFiles.keys()];
      assert.deepEqual(paths, paths.toSorted());
      assert.equal(paths.length, Math.ceil(whole.weightsBin.length / shardBytes));
      assert.ok([...weightFiles.values()].every(({ length }) => length > 0 && length <= shardBytes));
      const read = readWeights(readModelFile(modelJson), weightFiles);
      assert.ok(
        [...weights].every(([name, { values }]) => Buffer.compare(bytes(read.get(name)!.values), bytes(values)) === 0),
      );
    }),
    { numRuns: 30 },
  );
});

test('a list of twelve shards that was sorted as text is refused', () => {
  const names = Array.from({ length: 12 }, (_, i) => `group1-shard${i + 1}of12.bin`);
  assertShardOrder(names);
  assert.throws(() => assertShardOrder(names.toSorted()), {
    code: 'network-invalid',
    message: /group1-shard10of12\.bin as number 1 of 12/,
  });
  const json = JSON.parse(whole.modelJson);
  json.weightsManifest[0].paths = names.toSorted();
  assert.throws(() => readModelFile(JSON.stringify(json)), { code: 'network-invalid' });
});

test('an incomplete list of shards is refused; names without numbers are not checked', () => {
  assert.throws(() => assertShardOrder(['weights-1-of-3.bin', 'weights-2-of-3.bin']), { message: /number 1 of 2/ });
  assertShardOrder(['weights.bin', '2.bin', '1.bin']);
});

function bytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
