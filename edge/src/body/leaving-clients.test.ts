/** Clients that leave while they wait for their turn, in workerd without wrangler. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testChannels, testRelease } from '@glimpse/test/support/release';
import { startBareWorkerd } from '@glimpse/test/support/worker/bare-workerd';
import { flatPng, png } from '@glimpse/test/support/worker/images';
import { open } from '@glimpse/test/support/worker/raw-request';

const release = await testRelease();
const { s3, url, close } = await startBareWorkerd();
after(close);
for (const [key, bytes] of release.objects) s3.objects.set(key, bytes);
s3.objects.set('models/cifar10/channels.json', testChannels({ stable: release.version }));

async function classify(body: Uint8Array<ArrayBuffer>) {
  const began = performance.now();
  const response = await fetch(new URL('/v1/classify', url), { method: 'POST', body });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return performance.now() - began;
}

test('a request whose client has left gets no turn, and those behind it do not wait for it', async () => {
  const small = await png(16, 16);
  const slow = await flatPng(4000, 4000);
  await classify(small);
  const one = await classify(slow);
  const gone = 12;
  const headers = { 'Content-Length': String(slow.length) };
  const clients = Array.from({ length: gone }, () => open(url, { path: '/v1/classify', headers, parts: [slow] }));
  await Promise.all(clients.map(({ sent }) => sent));
  await sleep(100);
  for (const client of clients) client.reset();
  const waited = await classify(small);
  assert.ok(waited < (one * gone) / 2, `${waited} ms, but one image takes ${one} ms`);
});
