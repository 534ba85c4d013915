import assert from 'node:assert/strict';
import test from 'node:test';
import { TIMED_OUT, withTimeout } from './deadline.ts';
import { chunksOf, collect } from './stream.ts';

const bytesOfStream = Uint8Array.from({ length: 300_001 }, (_, i) => (i * 31) % 251);

test('chunks of at most 64 KB have all bytes in order, regardless of the expected size', async () => {
  for (const expected of [undefined, 0, 1, 5_000, bytesOfStream.length, 1e12]) {
    const chunks = chunksOf(new Blob([bytesOfStream]).stream(), expected);
    const sizes: number[] = [];
    const bytes = await collect(() => chunks.read(), { count: (size) => sizes.push(size) });
    assert.ok(Buffer.from(bytesOfStream).equals(bytes), `${expected}`);
    assert.ok(sizes.every((size) => size <= 64 * 1024));
  }
});

test('an empty stream has no chunks', async () => {
  assert.deepEqual(await chunksOf(new Blob([]).stream()).read(), { done: true, value: undefined });
});

test('a read after an abandoned read has its own memory', async () => {
  let controller: ReadableByteStreamController | undefined;
  const stream = new ReadableStream({
    type: 'bytes',
    start(given) {
      controller = given;
    },
  });
  const chunks = chunksOf(stream as ReadableStream<Uint8Array>);
  const first = chunks.read();
  assert.equal(await withTimeout(5, first), TIMED_OUT);
  const second = chunks.read();
  controller!.enqueue(Uint8Array.of(1));
  controller!.enqueue(Uint8Array.of(2));
  assert.deepEqual([[...(await first).value!], [...(await second).value!]], [[1], [2]]);
});

test('a failed stream rejects the read', async () => {
  const stream = new ReadableStream({ type: 'bytes', start: (given) => given.error(new Error('gone')) });
  await assert.rejects(chunksOf(stream as ReadableStream<Uint8Array>).read(), /gone/);
});

function reading(chunks: readonly Uint8Array[]) {
  const left = [...chunks];
  return async (): Promise<ReadableStreamReadResult<Uint8Array>> => {
    const value = left.shift();
    return value ? { done: false, value } : { done: true, value: undefined };
  };
}

const chunks = Array.from({ length: 50 }, (_, index) => new Uint8Array(70_001).fill(index));
const whole = Buffer.concat(chunks);

test('an array has all bytes in order, regardless of the declared length', async () => {
  for (const declared of [undefined, 0, 10, whole.length - 1, whole.length, whole.length + 1, 1e12]) {
    const bytes = await collect(reading(chunks), { declared, count() {} });
    assert.ok(whole.equals(bytes), `declared ${declared}`);
  }
});

test('no more memory is allocated than needed, regardless of the declared length', async () => {
  const right = await collect(reading(chunks), { declared: whole.length, count() {} });
  assert.equal(right.buffer.byteLength, whole.length);
  const little = await collect(reading([new Uint8Array(10)]), { declared: 1e12, count() {} });
  assert.ok(little.buffer.byteLength <= 1024 * 1024);
});

test('`count` sees each chunk before it is kept, and stops the reading by throwing', async () => {
  let seen = 0;
  const count = (bytes: number) => {
    seen += bytes;
    if (seen > 100_000) throw new Error('enough');
  };
  const read = reading(chunks);
  await assert.rejects(collect(read, { count }), /enough/);
  assert.equal(seen, 140_002);
  assert.equal((await read()).value?.[0], 2);
});
