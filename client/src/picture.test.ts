import assert from 'node:assert/strict';
import test from 'node:test';
import { base64Of } from './base64.ts';
import { openPicture, type Picture } from './picture.ts';

const refuse: typeof fetch = async () => assert.fail('nothing is to be fetched');

test('files, bytes and views of bytes are files; a view is no more than its part', async () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const view = new DataView(bytes.buffer, 1, 2);
  for (const picture of [new Blob([bytes]), new File([bytes], 'a'), bytes.buffer, bytes, view]) {
    const opened = await openPicture(picture, refuse);
    assert.equal(opened.kind, 'file');
  }
  const opened = await openPicture(view, refuse);
  assert.deepEqual(opened.kind === 'file' && opened.file, Uint8Array.of(2, 3));
});

test('a file of React Native, an address for the endpoint, and pixels are told apart', async () => {
  const kind = async (picture: Picture) => (await openPicture(picture, refuse)).kind;
  assert.equal(await kind({ uri: 'file:///a.jpg', type: 'image/jpeg' }), 'native');
  assert.equal(await kind({ url: 'https://example.org/a.jpg' }), 'address');
  const pixels = { data: new Uint8ClampedArray(16), width: 2, height: 2 } as ImageData;
  assert.equal(await kind(pixels), 'drawable');
});

test('an address is fetched from here', async () => {
  const opened = await openPicture('data:image/png;base64,AQID', fetch);
  assert.ok(opened.kind === 'file' && opened.file instanceof Blob);
  assert.equal(await base64Of(opened.file), 'AQID');
  const missing: typeof fetch = async () => new Response('', { status: 404 });
  await assert.rejects(openPicture(new URL('https://example.org/a.jpg'), missing), {
    code: 'picture-unreachable',
    message: /example\.org\/a\.jpg gave no picture: it answered 404/,
  });
});

for (const nothing of [null, undefined, 7, {}, [], { data: new Uint8Array(3), width: 2, height: 2 }]) {
  test(`${JSON.stringify(nothing)} is no picture`, () =>
    assert.rejects(openPicture(nothing as never, refuse), { code: 'picture-invalid' }));
}

test('base64 is that of RFC 4648, whatever the length', async () => {
  for (const length of [0, 1, 2, 3, 8191, 8192, 8193, 100_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) % 256);
    assert.equal(await base64Of(bytes), Buffer.from(bytes).toString('base64'));
    assert.equal(await base64Of(new Blob([bytes])), Buffer.from(bytes).toString('base64'));
  }
});
