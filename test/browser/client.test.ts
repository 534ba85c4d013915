/** The published client in a page of another origin than the endpoint's: what it sends of what a page can have. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { unnormalised } from '@glimpse/shared/picture/input-contract';
import { createPictureReader } from '@glimpse/shared/picture/read-picture';
import sharp from 'sharp';
import { buildClient } from '../client/built-client.ts';
import { jpegPhoto, photo } from '../pictures/photo.ts';
import { startWorker } from '../worker/start-worker.ts';
import { browserLacks, launchBrowser } from './browser.ts';
import { servePages } from './pages.ts';
import { type Received, recordCalls } from './recorder.ts';

const here = { skip: browserLacks, timeout: 60_000 };
const RAW = 'application/vnd.glimpse.rgb8';
const PIXELS = 3072;

async function openStage() {
  const built = await buildClient();
  const worker = await startWorker({ FEEDBACK_SECRET: 'ab'.repeat(32), FEEDBACK_PICTURES: 'on' });
  const recorder = await recordCalls(worker.url);
  const [pages, elsewhere] = [await servePages(), await servePages()];
  for (const name of ['index.js', 'resize.js']) {
    const body = await readFile(join(built.folder, name));
    pages.pages.set(`/client/${name}`, { body, headers: { 'Content-Type': 'text/javascript' } });
  }
  const jpeg = { body: await jpegPhoto(4000, 3000), headers: { 'Content-Type': 'image/jpeg' } };
  pages.pages.set('/photo.jpg', jpeg);
  elsewhere.pages.set('/photo.jpg', jpeg);
  pages.pages.set('/', {
    body: `<!doctype html><title>A page</title><script type="module">
      import * as client from './client/index.js';
      const photo = await (await fetch('photo.jpg')).blob();
      const image = await createImageBitmap(photo, { resizeWidth: 640, resizeHeight: 480 });
      const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
      canvas.getContext('2d').drawImage(image, 0, 0);
      const loaded = async (src) => {
        const element = Object.assign(new Image(), { src });
        await element.decode();
        return element;
      };
      const errorOf = (promise) => promise.then(
        () => 'no error',
        ({ name, code, message }) => ({ name, code, message }),
      );
      const glimpse = new client.Glimpse({ endpoint: '${recorder.origin}', fetch: window.fetch });
      Object.assign(window, { client, photo, image, canvas, loaded, errorOf, glimpse });
      document.title = 'ready';
    </script>`,
  });
  const browser = await launchBrowser();
  const page = await browser.newPage();
  await page.goto(pages.origin);
  await page.waitForFunction("document.title === 'ready'");
  return {
    page,
    elsewhere,
    sent: recorder.received,
    async close() {
      await browser.close();
      await Promise.all([pages.close(), elsewhere.close(), recorder.close(), worker.close(), built.remove()]);
    },
  };
}

const stage = browserLacks ? undefined : await openStage();
after(() => stage?.close());

/** Runs in the page; what was sent to the endpoint meanwhile comes with it. */
async function run<Result>(script: string): Promise<{ result: Result; sent: Received[] }> {
  stage!.sent.splice(0);
  const result = (await stage!.page.evaluate(`(async () => ${script})()`)) as Result;
  return { result, sent: stage!.sent.splice(0) };
}

const shapes = (sent: readonly Received[]) => sent.map(({ type, body }) => [type, body.length]);

const sources: Record<string, string> = {
  'a file': 'photo',
  'its bytes': 'await photo.arrayBuffer()',
  'an address': "'photo.jpg'",
  'an image element': "await loaded('photo.jpg')",
  'a canvas': 'canvas',
  'an OffscreenCanvas': `(() => {
    const offscreen = new OffscreenCanvas(640, 480);
    offscreen.getContext('2d').drawImage(image, 0, 0);
    return offscreen;
  })()`,
  'an ImageBitmap': 'image',
  ImageData: "canvas.getContext('2d').getImageData(0, 0, 640, 480)",
  'a VideoFrame': 'new VideoFrame(canvas, { timestamp: 0 })',
  'a video element': `await (async () => {
    const video = Object.assign(document.createElement('video'), { muted: true, srcObject: canvas.captureStream(30) });
    // A canvas that nobody draws on gives no frames.
    setInterval(() => canvas.getContext('2d').drawImage(image, 0, 0), 30);
    await video.play();
    return video;
  })()`,
};

const contract = unnormalised({ height: 32, width: 32, channels: 3, fit: 'stretch' });
const readPicture = createPictureReader({
  webp: new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
});

test(
  'whatever a page has of a photo, the pixels that the model sees are sent, within 2/255 of the Worker’s',
  here,
  async (t) => {
    const limits = { jpeg: 1e9, png: 1e9, webp: 1e9, gif: 1e9 };
    const { pixels } = await readPicture(new Uint8Array(await jpegPhoto(4000, 3000)), contract, limits);
    for (const [name, source] of Object.entries(sources)) {
      const { result, sent } = await run<{ image: unknown }>(`glimpse.classify(${source})`);
      assert.deepEqual(shapes(sent), [[RAW, PIXELS]], name);
      assert.deepEqual(result.image, { format: 'rgb8', width: 32, height: 32 });
      const body = sent[0]!.body;
      const off = body.reduce((sum, value, i) => sum + Math.abs(value - pixels[i]!), 0) / PIXELS;
      t.diagnostic(`${name}: ${off.toFixed(3)}`);
      assert.ok(off < 2, `${name}: ${off}`);
    }
  },
);

test('the original is sent where it is asked for', here, async () => {
  const { sent } = await run("glimpse.classify(photo, { upload: 'original' })");
  const original = await jpegPhoto(4000, 3000);
  assert.equal(Buffer.compare(sent[0]!.body, original), 0);
  assert.equal(sent[0]!.type, 'image/jpeg');
  const drawn = await run("glimpse.classify(canvas, { upload: 'original' })");
  const { width, height, format } = await sharp(drawn.sent[0]!.body).metadata();
  assert.deepEqual([drawn.sent[0]!.type, format, width, height], ['image/png', 'png', 640, 480]);
});

test('what a browser cannot read is sent as it is, and so is what is small', here, async () => {
  const unread = await run<{ code: string }>("errorOf(glimpse.classify(new Blob(['x'.repeat(20000)])))");
  assert.deepEqual(shapes(unread.sent), [['application/octet-stream', 20_000]]);
  assert.equal(unread.result.code, 'picture-unsupported');
  const small = await photo(40, 30).png().toBuffer();
  const { sent } = await run(
    `glimpse.classify(Uint8Array.from(atob('${small.toString('base64')}'), (c) => c.charCodeAt(0)))`,
  );
  assert.equal(Buffer.compare(sent[0]!.body, small), 0);
});

test(
  'a picture of another origin, which a page may not read, is an error that says so, and nothing is sent',
  here,
  async () => {
    const src = `${stage!.elsewhere.origin}/photo.jpg`;
    const { result, sent } = await run<{ name: string; code: string }>(
      `errorOf(glimpse.classify(await loaded('${src}')))`,
    );
    assert.deepEqual([result.name, result.code, sent.length], ['BadRequestError', 'picture-unreadable', 0]);
    const fetched = await run<{ name: string; code: string }>(`errorOf(glimpse.classify('${src}'))`);
    assert.deepEqual([fetched.result.name, fetched.result.code], ['ConnectionError', 'picture-unreachable']);
  },
);

test(
  'a batch carries each picture as small as the model sees it, and answers are those of single calls',
  here,
  async () => {
    const { result, sent } = await run<{ answer: { predictions: unknown } }[]>(
      'glimpse.classifyBatch([photo, canvas])',
    );
    assert.ok(sent[0]!.body.length < 10_000, `${sent[0]!.body.length} bytes`);
    const single = await run<{ predictions: unknown }>('glimpse.classify(photo)');
    assert.deepEqual(result[0]!.answer.predictions, single.result.predictions);
  },
);

test('feedback with consent sends what was sent before, and without it no picture', here, async () => {
  const { sent } = await run(`{
    const answer = await glimpse.classify(photo);
    await glimpse.feedback(answer, 'cat', { consent: true });
    const other = await glimpse.classify(canvas);
    await glimpse.feedback(other, 'cat');
  }`);
  const bodies = sent.map(({ body }) => body);
  const [withPicture, without] = [JSON.parse(String(bodies[1])), JSON.parse(String(bodies[3]))];
  assert.equal(Buffer.compare(Buffer.from(withPicture.image, 'base64'), bodies[0]!), 0);
  assert.deepEqual([withPicture.consent, without.image, without.consent], [true, undefined, undefined]);
});
