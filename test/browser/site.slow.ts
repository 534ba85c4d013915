/** The demo page, /embed and the frame, in a real browser. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { axeFindings } from './axe.ts';
import { browserLacks } from './browser.ts';
import { example, type Fixture, openFixture } from './widget-fixture.ts';

const fixture: Fixture | undefined = browserLacks ? undefined : await openFixture();
after(() => fixture?.close());

const here = { skip: browserLacks, timeout: 60_000 };

async function visit(path: string, options: BrowserContextOptions = {}) {
  const context = await fixture!.browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).origin));
  await page.goto(fixture!.endpoint + path);
  await page.locator('[part=base]').waitFor();
  return { page, context, complaints, hosts };
}

const trySample = async (page: Page, name: string) => {
  await page.getByRole('button', { name }).click();
  await page.locator('[part=result]').first().waitFor();
};

test('a sample is classified; timing and model facts are shown', here, async () => {
  const { page, context, complaints, hosts } = await visit('/');
  assert.equal(await page.locator('#samples button').count(), 10);
  await trySample(page, 'frog');
  assert.equal(await page.locator('[part=label]').first().textContent(), 'frog');
  await page.locator('#timing dd').first().waitFor();
  const times = await page.locator('#timing dd').allTextContents();
  assert.equal(times.length, 5);
  for (const time of times) assert.match(time, /^[\d.,]+ ms$/);
  await page.locator('#facts').getByText('74.37% of 10,000 test images').waitFor();
  assert.equal(await page.locator('#labels li').count(), 10);
  assert.deepEqual(complaints, [], 'no policy violation, no missing file');
  assert.deepEqual([...hosts], [fixture!.endpoint], 'no requests to other hosts');
  await context.close();
});

for (const [name, options] of Object.entries({
  'a wide screen': { viewport: { width: 1440, height: 900 } },
  'a phone': { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
  'a phone, dark': { viewport: { width: 360, height: 740 }, isMobile: true, colorScheme: 'dark' as const },
  'a wide screen, dark': { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' as const },
})) {
  test(`axe finds no violations, and the page does not scroll sideways: ${name}`, here, async () => {
    for (const path of ['/', '/embed', '/embed/frame?capture']) {
      const { page, context } = await visit(path, options);
      if (path === '/') {
        await trySample(page, 'cat');
        await page.locator('#facts dd').first().waitFor();
      }
      assert.deepEqual(await axeFindings(page), [], path);
      const [width, visible] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(width! <= visible!, `${path}: ${width} in ${visible}`);
      await context.close();
    }
  });
}

test('arrow keys switch the snippet tabs', here, async () => {
  const { page, context } = await visit('/');
  await page.getByRole('tab', { name: 'curl' }).focus();
  await page.locator('[role=tab]:focus', { hasText: 'curl' }).waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.locator('[role=tab][aria-selected=true]', { hasText: 'Python' }).waitFor();
  assert.match((await page.getByRole('tabpanel').locator('pre').textContent())!, /urllib/);
  await page.locator('[role=tab]:focus', { hasText: 'Python' }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.locator('[role=tab][aria-selected=true]', { hasText: 'curl' }).waitFor();
  assert.match((await page.getByRole('tabpanel').locator('pre').textContent())!, /^curl --data-binary/);
  await context.close();
});

test('the HTML of /embed works on a page of another origin', here, async () => {
  const { page, context, complaints } = await visit('/embed');
  await page.getByLabel('Number of classes').fill('2');
  await page.getByLabel('Language').selectOption('ko');
  await page.getByLabel('Camera button').check();
  const [lines, frame] = await page.locator('pre').allTextContents();
  assert.deepEqual(complaints, []);
  await context.close();
  assert.match(
    lines!,
    /integrity="sha384-[^"]+"><\/script>\n<glimpse-classify top-k="2" lang="ko" capture><\/glimpse-classify>$/,
  );

  const pasted = await fixture!.open(lines!);
  await pasted.page.locator('input[type=file]').setInputFiles(example('cat'));
  await pasted.page.locator('[part=result]').first().waitFor();
  assert.equal(await pasted.page.locator('[part=result]').count(), 2);
  await pasted.page.getByRole('button', { name: '사진 선택' }).waitFor();
  assert.deepEqual(pasted.complaints, []);
  await pasted.close();

  const framed = await fixture!.open(frame!);
  const inside = framed.page.frameLocator('iframe');
  await inside.locator('input[type=file]').setInputFiles(example('ship'));
  await inside.locator('[part=result]').first().waitFor();
  assert.equal(await inside.locator('[part=label]').first().textContent(), 'ship');
  assert.deepEqual(framed.complaints, []);
  await framed.close();
});

test('a script that does not match its integrity hash does not run', here, async () => {
  const { page, complaints, close } = await fixture!.open(
    `<script type="module" src="${fixture!.scriptUrl}" integrity="sha384-${'A'.repeat(64)}"></script><p>after</p>`,
  );
  await page.getByText('after').waitFor();
  assert.equal(await page.evaluate(() => customElements.get('glimpse-classify')), undefined);
  assert.match(complaints.join(), /integrity/);
  await close();
});

test('the pinned widget is immutable, and /widget.js is revalidated', here, async () => {
  const pinned = await fetch(fixture!.scriptUrl);
  assert.match(pinned.headers.get('Cache-Control')!, /immutable/);
  assert.equal(pinned.headers.get('Access-Control-Allow-Origin'), '*');
  assert.equal(pinned.headers.get('Cross-Origin-Resource-Policy'), 'cross-origin');
  const latest = await fetch(`${fixture!.endpoint}/widget.js`);
  assert.doesNotMatch(latest.headers.get('Cache-Control') ?? '', /immutable/);
  const again = await fetch(`${fixture!.endpoint}/widget.js`, {
    headers: { 'If-None-Match': latest.headers.get('ETag')! },
  });
  assert.equal(again.status, 304);
  assert.equal((await fetch(`${fixture!.endpoint}/widget/0123456789.js`)).status, 404);
});
