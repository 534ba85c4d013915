/** The widget on an endpoint that requires keys: on pages of the key's origins, and on others. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { identifyKey, type KeyRecord, keyObject } from '@glimpse/shared/access/key-record';
import { createKeyText } from '@glimpse/shared/access/key-text';
import { jpegPhoto } from '../images/photo.ts';
import { browserLacks } from './browser.ts';
import { recordCalls } from './recorder.ts';
import { example, type Fixture, openFixture } from './widget-fixture.ts';

const fixture: Fixture | undefined = browserLacks
  ? undefined
  : await openFixture({ REQUIRE_KEYS: 'on', KEY_CACHE_SECONDS: '1' });
after(() => fixture?.close());

const here = { skip: browserLacks, timeout: 60_000 };

async function makeKey(origins: string[]): Promise<string> {
  const text = createKeyText('publishable');
  const record: KeyRecord = {
    ...(await identifyKey(text)),
    kind: 'publishable',
    name: 'a site',
    scopes: ['classify', 'feedback'],
    origins,
    created: '2026-11-25T00:00:00Z',
  };
  await fixture!.worker.privateBucket.put(keyObject(record.id), JSON.stringify(record));
  return text;
}

const open = (key: string, endpoint = fixture!.endpoint) =>
  fixture!.open(`${fixture!.script}<glimpse-classify endpoint="${endpoint}" key="${key}"></glimpse-classify>`);

test(
  'on a page of the key’s origins, a 12-megapixel photo is classified with an upload below 10 KB',
  here,
  async (t) => {
    const recorder = await recordCalls(fixture!.worker.url);
    const { page, events, close } = await open(await makeKey([fixture!.origin]), recorder.origin);
    const buffer = await jpegPhoto(4000, 3000);
    await page.locator('input[type=file]').setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer });
    await page.locator('[part=result]').first().waitFor();
    assert.equal((await events())[0]?.type, 'glimpse-result');
    const bytes = recorder.received.reduce((sum, { body }) => sum + body.length, 0);
    t.diagnostic(`${bytes} bytes sent of ${buffer.length}`);
    assert.ok(bytes <= 10_000);
    await close();
    await recorder.close();
  },
);

test('on another page, the message names the origin to add', here, async () => {
  const { page, events, close } = await open(await makeKey(['https://elsewhere.example']));
  await page.locator('input[type=file]').setInputFiles(example('cat'));
  await page.locator('[part=error]').waitFor();
  assert.match(
    (await page.locator('[part=error]').textContent())!,
    new RegExp(`does not allow calls from ${fixture!.origin}`),
  );
  assert.equal((await events())[0]?.detail.code, 'origin-refused');
  await close();
});

test('the frame is shown only on pages of the key’s origins', here, async () => {
  for (const [origins, shown] of [
    [[fixture!.origin], true],
    [['https://elsewhere.example'], false],
  ] as const) {
    const src = `${fixture!.endpoint}/embed/frame?key=${await makeKey([...origins])}`;
    const { page, complaints, close } = await fixture!.open(`<iframe src="${src}" title="Images"></iframe>`);
    const inside = page.frameLocator('iframe');
    if (shown) {
      await inside.locator('input[type=file]').setInputFiles(example('cat'));
      await inside.locator('[part=result]').first().waitFor();
      assert.equal(await inside.locator('[part=label]').first().textContent(), 'cat');
    } else {
      await page.waitForLoadState();
      assert.equal(await inside.locator('glimpse-classify').count(), 0);
      assert.match(complaints.join(), /frame-ancestors/);
    }
    await close();
  }
});

test('the frame sends a 12-megapixel photo as the model’s pixels', here, async () => {
  const src = `${fixture!.endpoint}/embed/frame?key=${await makeKey([fixture!.origin])}`;
  const { page, complaints, close } = await fixture!.open(`<iframe src="${src}" title="Images"></iframe>`);
  const described = page.waitForResponse('**/v1/models*');
  const answered = page.waitForResponse('**/v1/classify?*');
  const buffer = await jpegPhoto(4000, 3000);
  const input = page.frameLocator('iframe').locator('input[type=file]');
  await input.setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer });
  assert.equal((await described).status(), 200);
  const response = await answered;
  assert.equal(response.request().headers()['content-type'], 'application/vnd.glimpse.rgb8');
  const { image } = (await response.json()) as { image: { format: string; width: number; height: number } };
  assert.deepEqual([image.format, image.width, image.height], ['rgb8', 32, 32]);
  assert.deepEqual(complaints, []);
  await close();
});

test('the demo shows the model’s facts with a publishable key', here, async () => {
  const { page, close } = await fixture!.open('');
  await page.goto(`${fixture!.endpoint}/?key=${await makeKey([fixture!.origin])}`);
  await page.locator('#card').waitFor();
  assert.match((await page.locator('#model-state').textContent())!, /^cifar10/);
  await close();
});

test('the frame accepts only a publishable key', here, async () => {
  for (const query of ['', '?key=', '?key=glp_none', `?key=${createKeyText('secret')}`]) {
    assert.equal((await fetch(`${fixture!.endpoint}/embed/frame${query}`)).status, 401, query);
  }
});
