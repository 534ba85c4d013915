/** `<glimpse-classify>` in a real browser, on a page of another origin than the Worker's. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { browserLacks } from './browser.ts';
import { asFile, example, openStage, type Stage } from './widget-stage.ts';

const stage: Stage | undefined = browserLacks ? undefined : await openStage();
after(() => stage?.close());

const here = { skip: browserLacks, timeout: 60_000 };

const tag = (attributes = '') => `<glimpse-classify endpoint="${stage!.endpoint}" ${attributes}></glimpse-classify>`;

/** Opens a page with one widget. */
const open = (attributes = '', options: Parameters<Stage['open']>[1] = {}) =>
  stage!.open(`${stage!.script}${tag(attributes)}`, options);

const choose = async (page: Page, ...files: Parameters<Awaited<ReturnType<Page['waitForEvent']>>['setFiles']>[0][]) => {
  for (const file of files) {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose a picture' }).click();
    await (await chooser).setFiles(file);
  }
};

const best = (page: Page) => page.locator('[part=result] [part=label]').first();

test('a chosen file is classified', here, async () => {
  const { page, events, complaints, close } = await open();
  await choose(page, example('cat'));
  await best(page).waitFor();
  assert.equal(await best(page).textContent(), 'cat');
  assert.equal(await page.locator('[part=result]').count(), 5);
  const [heard, ...others] = await events();
  assert.equal(heard?.type, 'glimpse-result');
  assert.equal(others.length, 0);
  const { answer, source } = heard.detail as { answer: { model: { name: string } }; source: string };
  assert.equal(answer.model.name, 'cifar10');
  assert.equal(source, 'edge');
  assert.deepEqual(complaints, []);
  await close();
});
