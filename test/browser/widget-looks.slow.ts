/** Every state of the widget, looked at by axe: light, dark, right to left, in Korean, on a phone. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { Page } from 'playwright-core';
import { axeFindings } from './axe.ts';
import { browserLacks } from './browser.ts';
import { example, openStage, type Stage } from './widget-stage.ts';

const stage: Stage | undefined = browserLacks ? undefined : await openStage();
after(() => stage?.close());

const here = { skip: browserLacks, timeout: 120_000 };

const widgets = (attributes = '') =>
  `<h1>Images</h1>${stage!.script}<glimpse-classify endpoint="${stage!.endpoint}" capture feedback ${attributes}></glimpse-classify>`;

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
  test(`axe finds nothing in any state: ${name}`, here, async () => {
    const { page, context, close } = await stage!.open(widgets(), { ...options, permissions: ['camera'] });
    // Colors are judged as they are at rest.
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
      assert.ok(width! <= visible!, `${state}: nothing is cut off at the side`);
    }
    await close();
  });
}

test('two widgets on a page have nothing that axe finds either', here, async () => {
  const { page, close } = await stage!.open(widgets() + widgets().replace(/.*<\/script>/s, ''));
  assert.deepEqual(await axeFindings(page), []);
  await close();
});

test('bars grow from where the text begins, also from right to left', here, async () => {
  for (const [dir, side] of [
    ['ltr', 'left'],
    ['rtl', 'right'],
  ] as const) {
    const { page, close } = await stage!.open(widgets(), { html: `lang="en" dir="${dir}"` });
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

test('dark is what the page is, and a page can set colors and parts', here, async () => {
  const background = (page: Page) =>
    page.locator('[part=base]').evaluate((base) => getComputedStyle(base).backgroundColor);
  const lightPage = await stage!.open(widgets(), { colorScheme: 'dark' });
  assert.equal(await background(lightPage.page), 'rgb(255, 255, 255)', 'the page is light whatever the system is');
  await lightPage.close();
  const darkPage = await stage!.open(widgets(), { head: '<style>:root { color-scheme: dark }</style>' });
  assert.notEqual(await background(darkPage.page), 'rgb(255, 255, 255)');
  await darkPage.close();
  const own =
    '<style>glimpse-classify { --glimpse-surface: rgb(1, 2, 3) } glimpse-classify::part(choose) { border-radius: 9px }</style>';
  const ownPage = await stage!.open(widgets(), { head: own });
  assert.equal(await background(ownPage.page), 'rgb(1, 2, 3)');
  const radius = await ownPage.page
    .locator('#choose')
    .evaluate((button) => getComputedStyle(button).borderTopLeftRadius);
  assert.equal(radius, '9px');
  await ownPage.close();
});

test('own texts and own names of classes are shown and said', here, async () => {
  const labels = JSON.stringify({ choose: 'اختر صورة', classes: { cat: 'قطة' } }).replaceAll('"', '&quot;');
  const { page, close } = await stage!.open(widgets(`labels="${labels}"`), { html: 'lang="ar" dir="rtl"' });
  await page.getByRole('button', { name: 'اختر صورة' }).waitFor();
  await page.locator('input[type=file]').setInputFiles(example('cat'));
  assert.equal(await page.locator('[part=label]').first().textContent(), 'قطة');
  assert.match((await page.locator('[role=status]').textContent())!, /قطة/);
  await close();
});
