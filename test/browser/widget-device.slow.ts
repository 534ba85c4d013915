/** `mode="device"`: the same release, run in the browser. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { Page } from 'playwright-core';
import { jpegPhoto } from '../images/photo.ts';
import { browserLacks } from './browser.ts';
import { example, type Fixture, openFixture } from './widget-fixture.ts';

const fixture: Fixture | undefined = browserLacks ? undefined : await openFixture();
after(() => fixture?.close());

const here = { skip: browserLacks, timeout: 120_000 };

const tag = (attributes = '') =>
  `${fixture!.script}<glimpse-classify endpoint="${fixture!.endpoint}" mode="device" feedback ${attributes}></glimpse-classify>`;

interface Answer {
  readonly model: { readonly name: string; readonly version: string };
  readonly predictions: readonly { readonly label: string; readonly index: number; readonly score: number }[];
}

async function classify(page: Page, files: Parameters<ReturnType<Page['locator']>['setInputFiles']>[0]) {
  await page.evaluate('heard.splice(0)');
  await page.locator('input[type=file]').setInputFiles(files);
  await page.waitForFunction(() =>
    (window as unknown as { heard: { type: string }[] }).heard.some(({ type }) => type !== 'glimpse-fallback'),
  );
  const heard = (await page.evaluate('heard')) as {
    type: string;
    detail: { source: string; answer: Answer; reason: string };
  }[];
  return heard;
}

const answerOf = async (page: Page, files: Parameters<typeof classify>[1]) => {
  const [result, ...others] = await classify(page, files);
  assert.deepEqual([result!.type, others.length], ['glimpse-result', 0], JSON.stringify(result));
  assert.equal(result!.detail.source, 'device');
  return result!.detail.answer;
};

test('the answer is the Worker’s, and the image stays in the browser', here, async (t) => {
  const { page, complaints, close } = await fixture!.open(tag());
  const posts: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  const buffer = await jpegPhoto(1200, 900);
  const onDevice = await answerOf(page, { name: 'photo.jpg', mimeType: 'image/jpeg', buffer });
  assert.deepEqual(posts, []);
  await page.evaluate(() => {
    document.querySelector('glimpse-classify')!.mode = 'edge';
  });
  const [edge] = await classify(page, { name: 'photo.jpg', mimeType: 'image/jpeg', buffer });
  const atEdge = edge!.detail.answer;
  assert.equal(onDevice.model.version, atEdge.model.version);
  assert.deepEqual(
    onDevice.predictions.map(({ label }) => label),
    atEdge.predictions.map(({ label }) => label),
  );
  const off = Math.max(...onDevice.predictions.map(({ score }, i) => Math.abs(score - atEdge.predictions[i]!.score)));
  t.diagnostic(`scores differ by at most ${off}`);
  assert.ok(off < 1e-5);
  assert.deepEqual(complaints, []);
  await close();
});

test('afterwards it works offline, even after a reload', here, async () => {
  const { page, context, close } = await fixture!.open(tag(), { headers: { 'Cache-Control': 'max-age=600' } });
  const before = await answerOf(page, example('cat'));
  await context.setOffline(true);
  assert.deepEqual(await answerOf(page, example('cat')), before);
  // Like following a link. A reload would request the page itself.
  await page.evaluate('location.href = location.href');
  await page.locator('[part=base]').waitFor();
  assert.deepEqual(await answerOf(page, example('cat')), before);
  await close();
});

test('a corrupt cached file is not used', here, async () => {
  const { page, context, close } = await fixture!.open(tag());
  await answerOf(page, example('cat'));
  const damaged = await page.evaluate(async () => {
    const cache = await caches.open('glimpse');
    const keys = (await cache.keys()).filter(({ url }) => url.includes('/sha256/'));
    for (const key of keys) await cache.put(key, new Response(new Uint8Array(100)));
    return keys.length;
  });
  assert.ok(damaged >= 2);
  const again = await context.newPage();
  await again.addInitScript(
    "window.heard = []; for (const type of ['glimpse-result', 'glimpse-error', 'glimpse-fallback']) addEventListener(type, (event) => heard.push({ type, detail: event.detail }))",
  );
  await again.goto(page.url());
  assert.equal((await answerOf(again, example('cat'))).predictions[0]!.label, 'cat');
  await close();
});

test('offline without a cache, the edge is tried, and the error says that the user is offline', here, async () => {
  const { page, context, close } = await fixture!.open(tag());
  await context.setOffline(true);
  const heard = await classify(page, example('cat'));
  assert.deepEqual(
    heard.map(({ type }) => type),
    ['glimpse-fallback', 'glimpse-error'],
  );
  assert.match((await page.locator('[part=error]').textContent())!, /You are offline/);
  await close();
});

const policy = (scripts: string) => ({
  'Content-Security-Policy': `default-src 'none'; script-src 'nonce-once'${scripts}; connect-src ${fixture!.endpoint}`,
});

const strict = (scripts: string) =>
  fixture!.open(tag().replace('<script', '<script nonce="once"'), { headers: policy(scripts) });

test('if the page’s policy forbids WebAssembly, the edge answers, and an event says so', here, async () => {
  const { page, close } = await strict('');
  const [fallback, result] = await classify(page, example('dog'));
  assert.equal(fallback!.type, 'glimpse-fallback');
  assert.match(fallback!.detail.reason, /WebAssembly/);
  assert.deepEqual([result!.type, result!.detail.source], ['glimpse-result', 'edge']);
  assert.equal(result!.detail.answer.predictions[0]!.label, 'dog');
  await close();
});

test("with 'wasm-unsafe-eval', it works on a strict page without a violation", here, async () => {
  const { page, complaints, close } = await strict(" 'wasm-unsafe-eval'");
  assert.equal((await answerOf(page, example('dog'))).predictions[0]!.label, 'dog');
  assert.deepEqual(complaints, []);
  await close();
});

test('feedback is not offered for an answer of the device', here, async () => {
  const { page, close } = await fixture!.open(tag());
  await answerOf(page, example('cat'));
  assert.equal(await page.locator('[part~=correct]').count(), 0);
  await close();
});
