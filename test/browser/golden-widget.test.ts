/** A page that serves the widget of c00b413 itself, against the current Worker. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test, { after } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { goldenFile, goldenObjects, readGoldenJson } from '../golden/golden.ts';
import { type RunningWorker, startWorker } from '../support/worker/start-worker.ts';
import { browserLacks, launchBrowser } from './browser.ts';
import { type Pages, servePages } from './pages.ts';

let worker: RunningWorker;
let browser: Browser;
let pages: Pages;

async function open(attributes: string): Promise<Page> {
  if (!worker) {
    [worker, browser, pages] = await Promise.all([
      startWorker({ FEEDBACK_SECRET: 'golden-files-secret-that-protects-nothing', FEEDBACK_IMAGES: 'on' }),
      launchBrowser(),
      servePages(),
    ]);
    for (const [key, bytes] of await goldenObjects('releases-bucket')) await worker.bucket.put(key, bytes);
    const headers = { 'Content-Type': 'text/javascript' };
    pages.pages.set('/widget.js', { body: await readFile(goldenFile('widget.js')), headers });
  }
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
    <script>window.heard = []; for (const type of ['glimpse-result', 'glimpse-error'])
      document.addEventListener(type, ({ detail }) => heard.push(type + ' ' + (detail.code ?? detail.source)));</script></head>
    <body><script type="module" src="/widget.js"></script>
    <glimpse-classify endpoint="${worker.url.origin}" ${attributes}></glimpse-classify></body></html>`;
  pages.pages.set('/', { body });
  const page = await browser.newPage();
  await page.goto(pages.origin);
  await page.locator('[part=base]').first().waitFor();
  return page;
}

after(async () => {
  await browser?.close();
  await pages?.close();
  await worker?.close();
});

async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.locator('[part~=choose]').click();
  await (await chooser).setFiles({ name, mimeType: 'image/png', buffer });
}

const here = { skip: browserLacks, timeout: 60_000 };

test('the old widget shows the answer and sends feedback', here, async () => {
  const page = await open('model="shapes" top-k="3" feedback');
  await choose(page, 'circle.png', await readFile(goldenFile('circle.png')));
  await page.locator('[part=result]').first().waitFor();
  const shown = await page.locator('[part=result] [part=label]').allTextContents();
  const { predictions } = await readGoldenJson('answers/classify-png.json');
  assert.deepEqual(
    shown,
    predictions.map(({ label }: { label: string }) => label),
  );
  assert.deepEqual(await page.evaluate('heard'), ['glimpse-result edge']);
  await page.locator('[part~=correct]').click();
  await page.locator('[part=correction] select').selectOption('square');
  await page.locator('[part=correction] [name=consent]').check();
  await page.locator('[part~=send]').click();
  await page.getByText('Thank you, that was noted.').first().waitFor();
  await page.close();
});

/** Its codes were `picture-…`. For an unknown code, it uses the status. */
const failures: readonly [string, string, () => Promise<Buffer>, RegExp][] = [
  [
    'a file of an unknown format',
    'image-unsupported',
    async () => Buffer.from('not an image'),
    /kind of file is not read/,
  ],
  [
    'a damaged image',
    'image-undecodable',
    async () => (await readFile(goldenFile('circle.png'))).subarray(0, 200),
    /damaged/,
  ],
  ['an image of too many pixels', 'image-too-many-pixels', hugePng, /too large/],
];

for (const [what, code, file, text] of failures) {
  test(`${what}: the old widget shows an error, and the page receives ${code}`, here, async () => {
    const page = await open('model="shapes"');
    await choose(page, 'a.png', await file());
    await page.locator('[part=error]').waitFor();
    assert.match((await page.locator('[part=error]').textContent())!, text);
    assert.deepEqual(await page.evaluate('heard'), [`glimpse-error ${code}`]);
    await page.close();
  });
}

test('the old widget shows an error for an unknown model', here, async () => {
  const page = await open('model="nothing"');
  await choose(page, 'circle.png', await readFile(goldenFile('circle.png')));
  await page.locator('[part=error]').waitFor();
  assert.match((await page.locator('[part=error]').textContent())!, /no model or version of that name/);
  await page.close();
});

/** The golden PNG with another size in its header, and a valid checksum. */
async function hugePng(): Promise<Buffer> {
  const { crc32 } = await import('node:zlib');
  const png = Buffer.from(await readFile(goldenFile('circle.png')));
  png.writeUInt32BE(60_000, 16);
  png.writeUInt32BE(60_000, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}
