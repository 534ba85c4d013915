import assert from 'node:assert/strict';
import test from 'node:test';
import { keepInstance } from './codec-instance.ts';

const PAGE = 2 ** 16;
let made = 0;
const create = async () => ({ id: ++made, memory: new WebAssembly.Memory({ initial: 1 }) });

test('keepInstance lends the same instance again', async () => {
  const withCodec = keepInstance(create);
  assert.equal(await withCodec(({ id }) => id), await withCodec(({ id }) => id));
});

test('keepInstance replaces an instance whose use threw, and rethrows the error', async () => {
  const withCodec = keepInstance(create);
  let broken = 0;
  await assert.rejects(
    withCodec(({ id }) => {
      broken = id;
      throw new RangeError('broken');
    }),
    RangeError,
  );
  assert.notEqual(await withCodec(({ id }) => id), broken);
});

test('keepInstance drops an instance whose memory has grown too large', async () => {
  const withCodec = keepInstance(create);
  const first = await withCodec(({ id, memory }) => {
    memory.grow((144 * 2 ** 20) / PAGE);
    return id;
  });
  assert.notEqual(await withCodec(({ id }) => id), first);
});

test('keepInstance serves callers that arrive while the first instance is created', async () => {
  const withCodec = keepInstance(create);
  const ids = await Promise.all([1, 2, 3].map(() => withCodec(({ id }) => id)));
  assert.ok(ids.includes(await withCodec(({ id }) => id)));
});
