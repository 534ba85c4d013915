/** A page of another origin than the endpoint, with the published client and every kind of image. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildClient } from '../glimpse-client/built-client.ts';
import { jpegPhoto } from '../images/photo.ts';
import { type RunningWorker, startWorker } from '../support/worker/start-worker.ts';
import { type Pages, servePages } from './pages.ts';
import { type Received, recordCalls } from './recorder.ts';

export interface ClientPage {
  readonly worker: RunningWorker;
  /** Serves the page at `/`, whose title becomes `ready`. */
  readonly pages: Pages;
  /** A third origin with `/photo.jpg`, which a page may show but not read. */
  readonly elsewhere: Pages;
  /** The requests of the page to the endpoint. */
  readonly sent: Received[];
  close(): Promise<void>;
}

/** 12 megapixels. */
export const clientPhoto = () => jpegPhoto(4000, 3000);

export async function serveClientPage(): Promise<ClientPage> {
  const built = await buildClient();
  const worker = await startWorker({ FEEDBACK_SECRET: 'ab'.repeat(32), FEEDBACK_IMAGES: 'on' });
  const recorder = await recordCalls(worker.url);
  const [pages, elsewhere] = [await servePages(), await servePages()];
  for (const name of ['index.js', 'resize.js']) {
    const body = await readFile(join(built.folder, name));
    pages.pages.set(`/client/${name}`, { body, headers: { 'Content-Type': 'text/javascript' } });
  }
  const jpeg = { body: await clientPhoto(), headers: { 'Content-Type': 'image/jpeg' } };
  pages.pages.set('/photo.jpg', jpeg);
  elsewhere.pages.set('/photo.jpg', jpeg);
  pages.pages.set('/', { body: pageFor(recorder.origin) });
  return {
    worker,
    pages,
    elsewhere,
    sent: recorder.received,
    async close() {
      await Promise.all([pages.close(), elsewhere.close(), recorder.close(), worker.close(), built.remove()]);
    },
  };
}

const pageFor = (endpoint: string) => `<!doctype html><title>A page</title><script type="module">
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
  const glimpse = new client.Glimpse({ endpoint: '${endpoint}', fetch: window.fetch });
  Object.assign(window, { client, photo, image, canvas, loaded, errorOf, glimpse });
  document.title = 'ready';
</script>`;

/** Kinds of image that a page can pass to the client, as expressions in that page. */
export const sources: Readonly<Record<string, string>> = {
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
    // A canvas stream has frames only while the canvas is drawn on.
    setInterval(() => canvas.getContext('2d').drawImage(image, 0, 0), 30);
    await video.play();
    return video;
  })()`,
};
