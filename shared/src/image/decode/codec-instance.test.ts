import assert from 'node:assert/strict';
import test from 'node:test';
import { CodecCrash, CodecError, CodecMemoryError, keepInstance } from './codec-instance.ts';

let made = 0;
const create = async () => ({ id: ++made });

/** Whether the instance whose use threw the error is lent again. */
async function isKeptAfter(error: Error): Promise<boolean> {
  const withCodec = keepInstance(create);
  let used = 0;
  const thrown = withCodec(({ id }) => {
    used = id;
    throw error;
  });
  await assert.rejects(thrown, error);
  return (await withCodec(({ id }) => id)) === used;
}

test('keepInstance lends the same instance again', async () => {
  const withCodec = keepInstance(create);
  assert.equal(await withCodec(({ id }) => id), await withCodec(({ id }) => id));
});

test('keepInstance keeps an instance that refused a file, so that refused files do not pile up memory', async () => {
  assert.ok(await isKeptAfter(new CodecError('not an image')));
  assert.ok(await isKeptAfter(new CodecMemoryError(1, 2)));
});

test('keepInstance replaces an instance that crashed, or whose use threw', async () => {
  assert.ok(!(await isKeptAfter(new CodecCrash('unreachable'))));
  assert.ok(!(await isKeptAfter(new RangeError('broken'))));
});

test('callers that arrive while the instance is created share it', async () => {
  const withCodec = keepInstance(create);
  const ids = await Promise.all([1, 2, 3].map(() => withCodec(({ id }) => id)));
  assert.equal(new Set(ids).size, 1);
});

test('an instance that could not be created is created again', async () => {
  let tries = 0;
  const withCodec = keepInstance(async () => {
    if (++tries === 1) throw new Error('not yet');
    return {};
  });
  await assert.rejects(withCodec(() => 1));
  assert.equal(await withCodec(() => 1), 1);
});
