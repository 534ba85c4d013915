/** The widget's camera, with Chromium's fake device. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { browserLacks } from './browser.ts';
import { type Fixture, openFixture, tabTo, waitForFocus } from './widget-fixture.ts';

const fixture: Fixture | undefined = browserLacks ? undefined : await openFixture();
after(() => fixture?.close());

const here = { skip: browserLacks, timeout: 60_000 };

/** Records every track that the page receives. */
const RECORD_TRACKS = `
  window.tracks = [];
  const given = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    if (window.delay) await new Promise((resolve) => setTimeout(resolve, window.delay));
    const stream = await given(constraints);
    tracks.push(...stream.getTracks());
    return stream;
  };
`;

async function open(permissions: string[] = ['camera']) {
  const opened = await fixture!.open(
    `${fixture!.script}<glimpse-classify endpoint="${fixture!.endpoint}" capture></glimpse-classify>`,
    { permissions },
  );
  await opened.page.evaluate(RECORD_TRACKS);
  return opened;
}

const states = (page: Page): Promise<string[]> => page.evaluate('tracks.map(({ readyState }) => readyState)');

const toggle = (page: Page) => page.getByRole('button', { name: 'Camera', exact: true });

/** Waits until the preview has a frame. */
const previewShown = (page: Page) =>
  page.waitForFunction(() => {
    const video = document.querySelector('glimpse-classify')?.shadowRoot?.querySelector('video');
    return video && video.videoWidth > 0;
  });

test('a photo is taken and classified by keyboard, and the camera turns off', here, async () => {
  const { page, events, complaints, close } = await open();
  await toggle(page).focus();
  await waitForFocus(page, '[part~=camera]');
  await page.keyboard.press('Enter');
  await previewShown(page);
  assert.deepEqual(await states(page), ['live']);
  await tabTo(page, '[part~=shutter]');
  await page.keyboard.press('Enter');
  await page.locator('[part=result]').first().waitFor();
  assert.deepEqual(await states(page), ['ended']);
  assert.equal(await page.locator('video').count(), 0);
  assert.ok(await page.locator('canvas').isVisible());
  // The shutter button is removed, but the focus is not lost.
  assert.equal(await page.evaluate('document.activeElement.shadowRoot.activeElement.id'), 'choose');
  const [heard] = await events();
  assert.equal((heard!.detail.answer as { image: { width: number } }).image.width > 0, true);
  assert.deepEqual(complaints, []);
  await close();
});

for (const [how, leave] of [
  ['Escape', (page: Page) => page.keyboard.press('Escape')],
  ['its button', (page: Page) => page.getByRole('button', { name: 'Close camera' }).click()],
  [
    'the element leaving the page',
    (page: Page) => page.evaluate("document.querySelector('glimpse-classify').remove()"),
  ],
  [
    'choosing a file',
    (page: Page) =>
      page
        .locator('input[type=file]')
        .setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('x') }),
  ],
] as const) {
  test(`${how} turns the camera off`, here, async () => {
    const { page, close } = await open();
    await toggle(page).click();
    await previewShown(page);
    await leave(page);
    await page.waitForFunction("tracks.every(({ readyState }) => readyState === 'ended')");
    assert.equal((await states(page)).length, 1);
    await close();
  });
}

test('a camera that is granted after the element was removed does not stay on', here, async () => {
  const { page, close } = await open();
  await page.evaluate('window.delay = 300');
  await toggle(page).click();
  await page.evaluate("document.querySelector('glimpse-classify').remove()");
  await page.waitForFunction('tracks.length === 1');
  await page.waitForFunction("tracks[0].readyState === 'ended'");
  await close();
});

test('an element that is only moved keeps its camera', here, async () => {
  const { page, close } = await open();
  await toggle(page).click();
  await previewShown(page);
  await page.evaluate(() => document.body.prepend(document.querySelector('glimpse-classify')!));
  await sleep(200);
  assert.deepEqual(await states(page), ['live']);
  await close();
});

test('if the camera is denied, the message offers an alternative', here, async () => {
  const { page, events, close } = await open([]);
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
  });
  await toggle(page).click();
  await page.locator('[part=error]').waitFor();
  assert.match(
    (await page.locator('[part=error]').textContent())!,
    /not allowed to use the camera.*choose an image instead/s,
  );
  assert.equal((await events())[0]?.detail.code, 'camera-denied');
  await close();
});
