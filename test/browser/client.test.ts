/** The published client in a page of another origin than the endpoint: what it sends for each kind of image. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import sharp from 'sharp';
import { photo } from '../images/photo.ts';
import { browserLacks, launchBrowser } from './browser.ts';
import { clientPhoto, serveClientPage, sources } from './client-page.ts';
import type { Received } from './recorder.ts';
import { difference, workerPixels } from './worker-pixels.ts';

const here = { skip: browserLacks, timeout: 60_000 };
const RAW = 'application/vnd.glimpse.rgb8';
const PIXELS = 3072;

async function openFixture() {
  const served = await serveClientPage();
  const browser = await launchBrowser();
  const page = await browser.newPage();
  await page.goto(served.pages.origin);
  await page.waitForFunction("document.title === 'ready'");
  return {
    ...served,
    page,
    async close() {
      await browser.close();
      await served.close();
    },
  };
}

const fixture = browserLacks ? undefined : await openFixture();
after(() => fixture?.close());

/** Runs a script in the page and records its requests to the endpoint. */
async function run<Result>(script: string): Promise<{ result: Result; sent: Received[] }> {
  fixture!.sent.splice(0);
  const result = (await fixture!.page.evaluate(`(async () => ${script})()`)) as Result;
  return { result, sent: fixture!.sent.splice(0) };
}

const shapes = (sent: readonly Received[]) => sent.map(({ type, body }) => [type, body.length]);

test('for every kind of image, the resized pixels are sent, within 2/255 of the Worker’s', here, async (t) => {
  const pixels = await workerPixels(await clientPhoto());
  for (const [name, source] of Object.entries(sources)) {
    const { result, sent } = await run<{ image: unknown }>(`glimpse.classify(${source})`);
    assert.deepEqual(shapes(sent), [[RAW, PIXELS]], name);
    assert.deepEqual(result.image, { format: 'rgb8', width: 32, height: 32 });
    const off = difference(sent[0]!.body, pixels);
    t.diagnostic(`${name}: ${off.toFixed(3)}`);
    assert.ok(off < 2, `${name}: ${off}`);
  }
});

test('the original is sent with upload: original', here, async () => {
  const { sent } = await run("glimpse.classify(photo, { upload: 'original' })");
  const original = await clientPhoto();
  assert.equal(Buffer.compare(sent[0]!.body, original), 0);
  assert.equal(sent[0]!.type, 'image/jpeg');
  const drawn = await run("glimpse.classify(canvas, { upload: 'original' })");
  const { width, height, format } = await sharp(drawn.sent[0]!.body).metadata();
  assert.deepEqual([drawn.sent[0]!.type, format, width, height], ['image/png', 'png', 640, 480]);
});

test('an image that the browser cannot decode is sent unchanged, and so is a small one', here, async () => {
  const unread = await run<{ code: string }>("errorOf(glimpse.classify(new Blob(['x'.repeat(20000)])))");
  assert.deepEqual(shapes(unread.sent), [['application/octet-stream', 20_000]]);
  assert.equal(unread.result.code, 'image-unsupported');
  const small = await photo(40, 30).png().toBuffer();
  const { sent } = await run(
    `glimpse.classify(Uint8Array.from(atob('${small.toString('base64')}'), (c) => c.charCodeAt(0)))`,
  );
  assert.equal(Buffer.compare(sent[0]!.body, small), 0);
});

test('an image that the page may not read is an error, and nothing is sent', here, async () => {
  const src = `${fixture!.elsewhere.origin}/photo.jpg`;
  const { result, sent } = await run<{ name: string; code: string }>(
    `errorOf(glimpse.classify(await loaded('${src}')))`,
  );
  assert.deepEqual([result.name, result.code, sent.length], ['BadRequestError', 'image-unreadable', 0]);
  const fetched = await run<{ name: string; code: string }>(`errorOf(glimpse.classify('${src}'))`);
  assert.deepEqual([fetched.result.name, fetched.result.code], ['ConnectionError', 'image-unreachable']);
});

test('a batch sends resized images, and its answers equal those of single calls', here, async () => {
  const { result, sent } = await run<{ answer: { predictions: unknown } }[]>('glimpse.classifyBatch([photo, canvas])');
  assert.ok(sent[0]!.body.length < 10_000, `${sent[0]!.body.length} bytes`);
  const single = await run<{ predictions: unknown }>('glimpse.classify(photo)');
  assert.deepEqual(result[0]!.answer.predictions, single.result.predictions);
});

test('feedback includes the bytes that were sent, only with consent', here, async () => {
  const { sent } = await run(`{
    const answer = await glimpse.classify(photo);
    await glimpse.feedback(answer, 'cat', { consent: true });
    const other = await glimpse.classify(canvas);
    await glimpse.feedback(other, 'cat');
  }`);
  const bodies = sent.map(({ body }) => body);
  const [withImage, without] = [JSON.parse(String(bodies[1])), JSON.parse(String(bodies[3]))];
  assert.equal(Buffer.compare(Buffer.from(withImage.image, 'base64'), bodies[0]!), 0);
  assert.deepEqual([withImage.consent, without.image, without.consent], [true, undefined, undefined]);
});
