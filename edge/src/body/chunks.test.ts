import assert from 'node:assert/strict';
import test from 'node:test';
import { chunksOf } from './chunks.ts';
import { collect } from './collect.ts';
import { TIMED_OUT, within } from './deadline.ts';

const whole = Uint8Array.from({ length: 300_001 }, (_, i) => (i * 31) % 251);

test('all bytes in order, in chunks of 64 KB, whatever was expected', async () => {
  for (const expected of [undefined, 0, 1, 5_000, whole.length, 1e12]) {
    const chunks = chunksOf(new Blob([whole]).stream(), expected);
    const sizes: number[] = [];
    const bytes = await collect(() => chunks.read(), { count: (size) => sizes.push(size) });
    assert.ok(Buffer.from(whole).equals(bytes), `${expected}`);
    assert.ok(sizes.every((size) => size <= 64 * 1024));
  }
});

test('nothing is a stream without chunks', async () => {
  assert.deepEqual(await chunksOf(new Blob([]).stream()).read(), { done: true, value: undefined });
});

test('after a read that nobody waited for, the next one has memory of its own', async () => {
  let controller: ReadableByteStreamController | undefined;
  const stream = new ReadableStream({
    type: 'bytes',
    start(given) {
      controller = given;
    },
  });
  const chunks = chunksOf(stream as ReadableStream<Uint8Array>);
  const first = chunks.read();
  assert.equal(await within(5, first), TIMED_OUT);
  const second = chunks.read();
  controller!.enqueue(Uint8Array.of(1));
  controller!.enqueue(Uint8Array.of(2));
  assert.deepEqual([[...(await first).value!], [...(await second).value!]], [[1], [2]]);
});

test('a stream that fails fails the read', async () => {
  const stream = new ReadableStream({ type: 'bytes', start: (given) => given.error(new Error('gone')) });
  await assert.rejects(chunksOf(stream as ReadableStream<Uint8Array>).read(), /gone/);
});
