/** The widget on an endpoint that wants keys: on the key's own pages, and on others. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { identifyKey, type KeyRecord, keyObject } from '@glimpse/shared/access/key-record';
import { createKeyText } from '@glimpse/shared/access/key-text';
import { jpegPhoto } from '../images/photo.ts';
import { browserLacks } from './browser.ts';
import { recordCalls } from './recorder.ts';
import { example, openStage, type Stage } from './widget-stage.ts';

const stage: Stage | undefined = browserLacks
  ? undefined
  : await openStage({ REQUIRE_KEYS: 'on', KEY_CACHE_SECONDS: '1' });
after(() => stage?.close());

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
  await stage!.worker.privateBucket.put(keyObject(record.id), JSON.stringify(record));
  return text;
}

const open = (key: string, endpoint = stage!.endpoint) =>
  stage!.open(`${stage!.script}<glimpse-classify endpoint="${endpoint}" key="${key}"></glimpse-classify>`);

test('on a page of the key a 12-megapixel photo is classified, for less than 10 KB', here, async (t) => {
  const recorder = await recordCalls(stage!.worker.url);
  const { page, events, close } = await open(await makeKey([stage!.origin]), recorder.origin);
  const buffer = await jpegPhoto(4000, 3000);
  await page.locator('input[type=file]').setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer });
  await page.locator('[part=result]').first().waitFor();
  assert.equal((await events())[0]?.type, 'glimpse-result');
  const bytes = recorder.received.reduce((sum, { body }) => sum + body.length, 0);
  t.diagnostic(`${bytes} bytes sent of ${buffer.length}`);
  assert.ok(bytes <= 10_000);
  await close();
  await recorder.close();
});

test('on another page it says whose origins to add', here, async () => {
  const { page, events, close } = await open(await makeKey(['https://elsewhere.example']));
  await page.locator('input[type=file]').setInputFiles(example('cat'));
  await page.locator('[part=error]').waitFor();
  assert.match(
    (await page.locator('[part=error]').textContent())!,
    new RegExp(`does not allow calls from ${stage!.origin}`),
  );
  assert.equal((await events())[0]?.detail.code, 'origin-refused');
  await close();
});

test('the frame is shown within pages of the key, and within no others', here, async () => {
  for (const [origins, shown] of [
    [[stage!.origin], true],
    [['https://elsewhere.example'], false],
  ] as const) {
    const src = `${stage!.endpoint}/embed/frame?key=${await makeKey([...origins])}`;
    const { page, complaints, close } = await stage!.open(`<iframe src="${src}" title="Images"></iframe>`);
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

test('the frame takes a publishable key only', here, async () => {
  for (const query of ['', '?key=', '?key=glp_none', `?key=${createKeyText('secret')}`]) {
    assert.equal((await fetch(`${stage!.endpoint}/embed/frame${query}`)).status, 401, query);
  }
});
