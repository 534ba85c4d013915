import assert from 'node:assert/strict';
import test from 'node:test';
import { Glimpse } from './glimpse.ts';

const endpoint = 'https://glimpse.example.com';

test('a React Native file is put into a form as React Native requires', async () => {
  // React Native's FormData accepts such objects; Node's converts them to text.
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
    const stub: typeof fetch = async (_, init) => {
      bodies.push(init?.body);
      return Response.json({ predictions: [] });
    };
    await new Glimpse({ endpoint, fetch: stub }).classify({
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

test('an answer from something other than a Glimpse endpoint is reported as such', async () => {
  const otherApi: typeof fetch = async () => Response.json({ hello: 'world' });
  const glimpse = new Glimpse({ endpoint, fetch: otherApi });
  for (const call of [glimpse.classify(new Uint8Array(3)), glimpse.models(), glimpse.feedback('id', 'cat')]) {
    await assert.rejects(call, { name: 'AnswerError', code: 'answer-invalid' });
  }
});

test('names in a URL are escaped', async () => {
  const urls: string[] = [];
  const stub: typeof fetch = async (input) => {
    urls.push(String(input));
    return Response.json({ predictions: [], channels: {} });
  };
  const glimpse = new Glimpse({ endpoint, fetch: stub });
  await glimpse.model('a/b?c');
  await glimpse.classify(new Uint8Array(3), { model: 'a&b', topK: 3 });
  await glimpse.deleteFeedback('../x');
  assert.deepEqual(urls, [
    `${endpoint}/v1/models/a%2Fb%3Fc`,
    `${endpoint}/v1/classify?top_k=3&model=a%26b`,
    `${endpoint}/v1/feedback/..%2Fx`,
  ]);
});

test('options that the client does not know reach the endpoint, which refuses them', async () => {
  const queries: string[] = [];
  const stub: typeof fetch = async (input) => {
    queries.push(new URL(String(input)).search);
    return Response.json({ predictions: [], results: [] });
  };
  const glimpse = new Glimpse({ endpoint, fetch: stub });
  const { signal } = new AbortController();
  const options = { threshold: 0.5, topk: 3, upload: 'original', signal } as const;
  await glimpse.classify(new Uint8Array(3), options);
  await glimpse.classifyBatch([new Uint8Array(3)], options);
  assert.deepEqual(queries, ['?threshold=0.5&topk=3', '?threshold=0.5&topk=3']);
});
