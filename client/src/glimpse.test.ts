import assert from 'node:assert/strict';
import test from 'node:test';
import { Glimpse } from './glimpse.ts';

const endpoint = 'https://glimpse.example.com';

test('a file of React Native goes into a form as React Native wants it', async () => {
  // React Native's FormData takes such objects; that of Node makes text of them.
  const parts: unknown[] = [];
  class NativeForm {
    append(name: string, value: unknown): void {
      parts.push([name, value]);
    }
  }
  const before = globalThis.FormData;
  globalThis.FormData = NativeForm as unknown as typeof FormData;
  try {
    const bodies: unknown[] = [];
    const answering: typeof fetch = async (_, init) => {
      bodies.push(init?.body);
      return Response.json({ predictions: [] });
    };
    await new Glimpse({ endpoint, fetch: answering }).classify({
      uri: 'file:///a.jpg',
      name: 'a.jpg',
      type: 'image/jpeg',
    });
    assert.ok(bodies[0] instanceof NativeForm);
    assert.deepEqual(parts, [['image', { uri: 'file:///a.jpg', name: 'a.jpg', type: 'image/jpeg' }]]);
  } finally {
    globalThis.FormData = before;
  }
});

test('an answer of something else than a Glimpse endpoint is said to be one', async () => {
  const elsewhere: typeof fetch = async () => Response.json({ hello: 'world' });
  const glimpse = new Glimpse({ endpoint, fetch: elsewhere });
  for (const call of [glimpse.classify(new Uint8Array(3)), glimpse.models(), glimpse.feedback('id', 'cat')]) {
    await assert.rejects(call, { name: 'AnswerError', code: 'answer-invalid' });
  }
});

test('names in an address are escaped', async () => {
  const asked: string[] = [];
  const listening: typeof fetch = async (input) => {
    asked.push(String(input));
    return Response.json({ predictions: [], channels: {} });
  };
  const glimpse = new Glimpse({ endpoint, fetch: listening });
  await glimpse.model('a/b?c');
  await glimpse.classify(new Uint8Array(3), { model: 'a&b', topK: 3 });
  await glimpse.deleteFeedback('../x');
  assert.deepEqual(asked, [
    `${endpoint}/v1/models/a%2Fb%3Fc`,
    `${endpoint}/v1/classify?top_k=3&model=a%26b`,
    `${endpoint}/v1/feedback/..%2Fx`,
  ]);
});
