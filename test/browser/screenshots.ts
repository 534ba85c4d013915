/** `npm run screenshots`: updates the images of the widget and the demo in docs/images/. */
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { ROOT } from '../support/worker/start-worker.ts';
import { example, openFixture } from './widget-fixture.ts';

const fixture = await openFixture();
const images = join(ROOT, 'docs/images');

const style = `<style>
  :root { color-scheme: light dark }
  body { margin: 0; padding: 12px; background: light-dark(#f3f4f6, #101317); font: 16px system-ui, sans-serif }
</style>`;

async function shoot(
  name: string,
  options: Parameters<typeof fixture.open>[1],
  reach: (page: Page) => Promise<unknown>,
  attributes = 'capture feedback top-k="3"',
): Promise<void> {
  const { page, close } = await fixture.open(
    `${fixture.script}<glimpse-classify endpoint="${fixture.endpoint}" ${attributes}></glimpse-classify>`,
    { head: style, viewport: { width: 460, height: 740 }, deviceScaleFactor: 2, reducedMotion: 'reduce', ...options },
  );
  await reach(page);
  await page.mouse.move(0, 0);
  const { height } = (await page.locator('glimpse-classify').boundingBox())!;
  const { width } = page.viewportSize()!;
  await page.screenshot({ path: join(images, `widget-${name}.png`), clip: { x: 0, y: 0, width, height: height + 24 } });
  await close();
}

const choose = (name: string) => async (page: Page) => {
  await page.locator('input[type=file]').setInputFiles(example(name));
  await page.locator('[part=result]').first().waitFor();
};

await shoot('idle', {}, async () => {});
await shoot('result', {}, choose('cat'));
await shoot('dark', { colorScheme: 'dark' }, choose('ship'));
const own = (labels: object) => `capture feedback top-k="3" labels='${JSON.stringify(labels)}'`;

await shoot(
  'korean',
  { html: 'lang="ko"' },
  choose('dog'),
  own({ classes: { dog: '개', cat: '고양이', horse: '말', deer: '사슴', bird: '새' } }),
);
await shoot(
  'rtl',
  { html: 'lang="ar" dir="rtl"' },
  choose('cat'),
  own({
    choose: 'اختر صورة',
    camera: 'الكاميرا',
    dropHint: 'أو أفلتها هنا أو ألصقها',
    correct: 'هل هذا خطأ؟',
    classes: { cat: 'قطة', dog: 'كلب', frog: 'ضفدع' },
  }),
);
await shoot(
  'phone',
  { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, html: 'lang="de"' },
  choose('frog'),
);
await shoot('error', {}, async (page) => {
  await page.route('**/v1/classify?*', (route) =>
    route.fulfill({
      status: 429,
      headers: {
        'Access-Control-Allow-Origin': '*',
        'Access-Control-Expose-Headers': 'Retry-After',
        'Retry-After': '30',
      },
      json: { code: 'rate-limited' },
    }),
  );
  await page.locator('input[type=file]').setInputFiles(example('cat'));
  await page.locator('[part=error]').waitFor();
});
await shoot('correct', {}, async (page) => {
  await choose('deer')(page);
  await page.locator('[part~=correct]').click();
  await page.locator('option').nth(9).waitFor({ state: 'attached' });
});

/** The demo page after a sample was classified. */
async function shootDemo(name: string, options: BrowserContextOptions): Promise<void> {
  const context = await fixture.browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  await page.goto(fixture.endpoint);
  // The first call loads the release; the second has typical timing.
  for (const sample of ['ship', 'cat']) {
    const before = await page.locator('#timing').textContent();
    await page.getByRole('button', { name: sample }).click();
    await page.locator('[part=label]', { hasText: sample }).first().waitFor();
    await page.waitForFunction((text) => document.querySelector('#timing')!.textContent !== text, before);
  }
  await page.locator('#facts dd').first().waitFor();
  await page.screenshot({ path: join(images, `demo-${name}.png`), fullPage: true });
  await context.close();
}

await shootDemo('wide', { viewport: { width: 1440, height: 900 } });
await shootDemo('phone', {
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
  colorScheme: 'dark',
});
await fixture.close();
