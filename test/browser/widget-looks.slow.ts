/** axe checks every state of the widget: light, dark, right to left, in Korean and German, on a phone. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { Page } from 'playwright-core';
import { axeFindings } from './axe.ts';
import { browserLacks } from './browser.ts';
import { example, type Fixture, openFixture } from './widget-fixture.ts';

const fixture: Fixture | undefined = browserLacks ? undefined : await openFixture();
after(() => fixture?.close());

const here = { skip: browserLacks, timeout: 120_000 };

const widgets = (attributes = '') =>
  `<h1>Images</h1>${fixture!.script}<glimpse-classify endpoint="${fixture!.endpoint}" capture feedback ${attributes}></glimpse-classify>`;

const page = { head: '<style>:root { color-scheme: light dark } </style>' };

const surroundings = {
  light: { ...page, colorScheme: 'light' },
  dark: { ...page, colorScheme: 'dark' },
  'right to left': { ...page, html: 'lang="ar" dir="rtl"' },
  Korean: { ...page, html: 'lang="ko"' },
  German: { ...page, html: 'lang="de"' },
  'a phone': { ...page, viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  'forced colors': { ...page, forcedColors: 'active', reducedMotion: 'reduce' },
} as const;

for (const [name, options] of Object.entries(surroundings)) {
  test(`axe finds no violations in any state: ${name}`, here, async () => {
    const { page, context, close } = await fixture!.open(widgets(), { ...options, permissions: ['camera'] });
    // Without transitions, so that axe sees the final colors.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const states: Record<string, () => Promise<unknown>> = {
      idle: async () => {},
      camera: async () => {
        await page.locator('[part~=camera]').click();
        await page.locator('video').waitFor();
      },
      answered: async () => {
        await page.locator('input[type=file]').setInputFiles(example('cat'));
        await page.locator('[part=result]').first().waitFor();
      },
      correcting: async () => {
        await page.locator('[part~=correct]').click();
        await page.locator('[part=correction]').waitFor();
      },
      unsure: async () => {
        await page.route('**/v1/classify?*', async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, json: { ...(await response.json()), uncertain: true } });
        });
        await page.locator('input[type=file]').setInputFiles(example('dog'));
        await page.locator('[part=unsure]').waitFor();
      },
      working: async () => {
        await page.route('**/v1/classify?*', () => {});
        await page.locator('input[type=file]').setInputFiles(example('ship'));
        await page.locator('[part=progress]').waitFor();
      },
      failed: async () => {
        await page.unrouteAll();
        await context.setOffline(true);
        await page.locator('input[type=file]').setInputFiles(example('ship'));
        await page.locator('[part=error]').waitFor();
      },
    };
    for (const [state, reach] of Object.entries(states)) {
      await reach();
      assert.deepEqual(await axeFindings(page), [], state);
      const [width, visible] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(width! <= visible!, `${state}: the page does not scroll sideways`);
    }
    await close();
  });
}

test('axe finds no violations with two widgets on a page', here, async () => {
  const { page, close } = await fixture!.open(widgets() + widgets().replace(/.*<\/script>/s, ''));
  assert.deepEqual(await axeFindings(page), []);
  await close();
});

test('bars grow from the start of the line, also right to left', here, async () => {
  for (const [dir, side] of [
    ['ltr', 'left'],
    ['rtl', 'right'],
  ] as const) {
    const { page, close } = await fixture!.open(widgets(), { html: `lang="en" dir="${dir}"` });
    await page.locator('input[type=file]').setInputFiles(example('cat'));
    await page.locator('[part=fill]').nth(1).waitFor();
    const [fill, bar] = await Promise.all(
      ['fill', 'bar'].map((part) =>
        page
          .locator(`[part=${part}]`)
          .nth(1)
          .evaluate((element) => element.getBoundingClientRect().toJSON()),
      ),
    );
    assert.equal(fill[side], bar[side]);
    await close();
  }
});

test('the color scheme follows the page, and a page can style colors and parts', here, async () => {
  const background = (page: Page) =>
    page.locator('[part=base]').evaluate((base) => getComputedStyle(base).backgroundColor);
  const lightPage = await fixture!.open(widgets(), { colorScheme: 'dark' });
  assert.equal(await background(lightPage.page), 'rgb(255, 255, 255)', 'a light page stays light on a dark system');
  await lightPage.close();
  const darkPage = await fixture!.open(widgets(), { head: '<style>:root { color-scheme: dark }</style>' });
  assert.notEqual(await background(darkPage.page), 'rgb(255, 255, 255)');
  await darkPage.close();
  const own =
    '<style>glimpse-classify { --glimpse-surface: rgb(1, 2, 3) } glimpse-classify::part(choose) { border-radius: 9px }</style>';
  const ownPage = await fixture!.open(widgets(), { head: own });
  assert.equal(await background(ownPage.page), 'rgb(1, 2, 3)');
  const radius = await ownPage.page
    .locator('#choose')
    .evaluate((button) => getComputedStyle(button).borderTopLeftRadius);
  assert.equal(radius, '9px');
  await ownPage.close();
});

test('own texts and class names are shown and announced', here, async () => {
  const labels = JSON.stringify({ choose: 'اختر صورة', classes: { cat: 'قطة' } }).replaceAll('"', '&quot;');
  const { page, close } = await fixture!.open(widgets(`labels="${labels}"`), { html: 'lang="ar" dir="rtl"' });
  await page.getByRole('button', { name: 'اختر صورة' }).waitFor();
  await page.locator('input[type=file]').setInputFiles(example('cat'));
  assert.equal(await page.locator('[part=label]').first().textContent(), 'قطة');
  assert.match((await page.locator('[role=status]').textContent())!, /قطة/);
  await close();
});
