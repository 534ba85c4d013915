import assert from 'node:assert/strict';
import test from 'node:test';
import { collect } from './collect.ts';

function reading(chunks: readonly Uint8Array[]) {
  const left = [...chunks];
  return async (): Promise<ReadableStreamReadResult<Uint8Array>> => {
    const value = left.shift();
    return value ? { done: false, value } : { done: true, value: undefined };
  };
}

const chunks = Array.from({ length: 50 }, (_, index) => new Uint8Array(70_001).fill(index));
const whole = Buffer.concat(chunks);

test('all bytes in order, whatever the sender has said of their number', async () => {
  for (const declared of [undefined, 0, 10, whole.length - 1, whole.length, whole.length + 1, 1e12]) {
    const bytes = await collect(reading(chunks), { declared, count() {} });
    assert.ok(whole.equals(bytes), `declared ${declared}`);
  }
});

test('no more is allocated than comes, or than was declared', async () => {
  const right = await collect(reading(chunks), { declared: whole.length, count() {} });
  assert.equal(right.buffer.byteLength, whole.length);
  const little = await collect(reading([new Uint8Array(10)]), { declared: 1e12, count() {} });
  assert.ok(little.buffer.byteLength <= 1024 * 1024);
});

test('the count sees each chunk before it is kept, and ends it all by throwing', async () => {
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
