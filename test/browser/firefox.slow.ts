/** What differs most between browsers, tested in Firefox: decoding, canvas, modules, policies and WebAssembly. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import axe from 'axe-core';
import { launch, type Page } from 'puppeteer-core';
import { onPath } from '../support/on-path.ts';
import { clientPhoto, serveClientPage, sources } from './client-page.ts';
import { difference, workerPixels } from './worker-pixels.ts';

const executablePath = onPath('firefox', 'firefox-esr');
const here = {
  skip: executablePath ? false : 'no Firefox: apt-get install firefox-esr',
  timeout: 90_000,
};

async function openFixture(path: string) {
  const served = await serveClientPage();
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-firefox-'));
  const photo = join(folder, 'photo.jpg');
  await writeFile(photo, await clientPhoto());
  const browser = await launch({
    browser: 'firefox',
    executablePath: path,
    headless: true,
    // Lets videos play automatically.
    extraPrefsFirefox: { 'media.autoplay.default': 0 },
  });
  let count = 0;
  return {
    ...served,
    photo,
    async open(body: string, headers: Record<string, string> = {}): Promise<Page> {
      const name = `/firefox-${++count}`;
      served.pages.pages.set(name, { body, headers });
      const page = await browser.newPage();
      await page.goto(served.pages.origin + name);
      return page;
    },
    async goto(name: string): Promise<Page> {
      const page = await browser.newPage();
      await page.goto(served.pages.origin + name);
      return page;
    },
    async close() {
      await browser.close();
      await served.close();
      await rm(folder, { recursive: true });
    },
  };
}

const fixture = executablePath ? await openFixture(executablePath) : undefined;
after(() => fixture?.close());

const PIXELS = 3072;

const widgetPage = (attributes: string, nonce = '') => `<!doctype html><html lang="en"><title>A page</title>
  <script nonce="${nonce}">
    window.heard = [];
    for (const type of ['glimpse-result', 'glimpse-error', 'glimpse-fallback', 'securitypolicyviolation'])
      document.addEventListener(type, (event) => {
        // Firefox requests a favicon and reports it as the page's request.
        if (!event.blockedURI?.endsWith('/favicon.ico')) heard.push({ type, detail: event.detail });
      });
  </script>
  <script type="module" nonce="${nonce}" src="${fixture!.worker.url.origin}/widget.js"></script>
  <main><h1>A page</h1><glimpse-classify ${attributes}></glimpse-classify></main></html>`;

interface Heard {
  readonly type: string;
  readonly detail: { readonly source: string; readonly answer: { predictions: { label: string; score: number }[] } };
}

async function classifyPhoto(page: Page): Promise<Heard[]> {
  const input = await page.waitForSelector('glimpse-classify >>> input[type=file]');
  await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(fixture!.photo);
  await page.waitForFunction('heard.length > 0');
  return (await page.evaluate('heard')) as Heard[];
}

test(
  'in Firefox, the widget classifies a 12-megapixel photo under a strict policy, and axe finds no violations',
  here,
  async () => {
    const { origin } = fixture!.worker.url;
    const policy = `default-src 'none'; script-src 'nonce-once'; connect-src ${origin}`;
    const page = await fixture!.open(widgetPage('feedback capture', 'once'), { 'Content-Security-Policy': policy });
    const heard = await classifyPhoto(page);
    assert.deepEqual(
      heard.map(({ type }) => type),
      ['glimpse-result'],
    );
    const whole = await fetch(new URL('/v1/classify', origin), {
      method: 'POST',
      body: new Uint8Array(await clientPhoto()),
    });
    const { predictions } = (await whole.json()) as Heard['detail']['answer'];
    assert.equal(heard[0]!.detail.answer.predictions[0]!.label, predictions[0]!.label);
    const plain = await fixture!.open(widgetPage('feedback capture'));
    await classifyPhoto(plain);
    await plain.evaluate(axe.source);
    const { violations } = (await plain.evaluate('axe.run()')) as axe.AxeResults;
    assert.deepEqual(violations, []);
  },
);

test('in Firefox, the device gives the Worker’s answer', here, async () => {
  const page = await fixture!.open(widgetPage('mode="device"'));
  const [device] = await classifyPhoto(page);
  const edge = await fixture!.open(widgetPage(''));
  const [worker] = await classifyPhoto(edge);
  assert.deepEqual([device!.detail.source, worker!.detail.source], ['device', 'edge']);
  assert.deepEqual(device!.detail.answer.predictions, worker!.detail.answer.predictions);
});

test('in Firefox, the client sends resized pixels for every kind of image, within 2/255', here, async (t) => {
  const page = await fixture!.goto('/');
  await page.waitForFunction("document.title === 'ready'");
  const pixels = await workerPixels(await clientPhoto());
  for (const [name, source] of Object.entries(sources)) {
    fixture!.sent.splice(0);
    await page.evaluate(`(async () => glimpse.classify(${source}))()`);
    const [sent] = fixture!.sent.splice(0);
    assert.equal(sent!.body.length, PIXELS, name);
    const off = difference(sent!.body, pixels);
    t.diagnostic(`${name}: ${off.toFixed(3)}`);
    assert.ok(off < 2, `${name}: ${off}`);
  }
});
