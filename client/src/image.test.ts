import assert from 'node:assert/strict';
import test from 'node:test';
import { base64Of } from './base64.ts';
import { type Image, openImage } from './image.ts';

const refuse: typeof fetch = async () => assert.fail('must not fetch');

test('files, bytes and views are files; a view is only its own range', async () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const view = new DataView(bytes.buffer, 1, 2);
  for (const image of [new Blob([bytes]), new File([bytes], 'a'), bytes.buffer, bytes, view]) {
    const opened = await openImage(image, refuse);
    assert.equal(opened.kind, 'file');
  }
  const opened = await openImage(view, refuse);
  assert.deepEqual(opened.kind === 'file' && opened.file, Uint8Array.of(2, 3));
});

test('React Native files, URLs for the endpoint, and pixels are distinguished', async () => {
  const kind = async (image: Image) => (await openImage(image, refuse)).kind;
  assert.equal(await kind({ uri: 'file:///a.jpg', type: 'image/jpeg' }), 'native');
  assert.equal(await kind({ url: 'https://example.org/a.jpg' }), 'address');
  const pixels = { data: new Uint8ClampedArray(16), width: 2, height: 2 } as ImageData;
  assert.equal(await kind(pixels), 'drawable');
});

test('a URL is fetched by the client', async () => {
  const opened = await openImage('data:image/png;base64,AQID', fetch);
  assert.ok(opened.kind === 'file' && opened.file instanceof Blob);
  assert.equal(await base64Of(opened.file), 'AQID');
  const missing: typeof fetch = async () => new Response('', { status: 404 });
  await assert.rejects(openImage(new URL('https://example.org/a.jpg'), missing), {
    code: 'image-unreachable',
    message: /example\.org\/a\.jpg could not be fetched: HTTP 404/,
  });
});

for (const nothing of [null, undefined, 7, {}, [], { data: new Uint8Array(3), width: 2, height: 2 }]) {
  test(`${JSON.stringify(nothing)} is not an image`, () =>
    assert.rejects(openImage(nothing as never, refuse), { code: 'image-invalid' }));
}

test('base64 matches Node’s for any length', async () => {
  for (const length of [0, 1, 2, 3, 8191, 8192, 8193, 100_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) % 256);
    assert.equal(await base64Of(bytes), Buffer.from(bytes).toString('base64'));
    assert.equal(await base64Of(new Blob([bytes])), Buffer.from(bytes).toString('base64'));
  }
});
