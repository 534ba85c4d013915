/** What the widget sends for a photo, and that it fits the release that answers. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { imagesSmall } from '@glimpse/shared/model/architectures/pictures-small';
import { objectKeys } from '@glimpse/shared/release/names';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { jpegPhoto, photo } from '../images/photo.ts';
import { type TestRelease, testChannels, testRelease } from '../support/release.ts';
import { browserLacks } from './browser.ts';
import { type Received, recordCalls } from './recorder.ts';
import { type Fixture, openFixture } from './widget-fixture.ts';
import { contract, difference, workerPixels } from './worker-pixels.ts';

const fixture: Fixture | undefined = browserLacks ? undefined : await openFixture({ REVALIDATE_SECONDS: '0' });
const recorder = fixture && (await recordCalls(fixture.worker.url));
const sent = recorder?.received ?? [];
after(() => recorder?.close());
after(() => fixture?.close());

const here = { skip: browserLacks, timeout: 120_000 };

const open = (attributes = '') =>
  fixture!.open(`${fixture!.script}<glimpse-classify endpoint="${recorder!.origin}" ${attributes}></glimpse-classify>`);

async function classify(page: Page, buffer: Buffer, mimeType = 'image/jpeg') {
  await page.evaluate('heard.splice(0)');
  await page.locator('input[type=file]').setInputFiles({ name: 'photo', mimeType, buffer });
  await page.waitForFunction('heard.length > 0');
  return (await page.evaluate('heard[0].detail.answer')) as {
    model: { version: string };
    predictions: { label: string; score: number }[];
    image: { format: string };
  };
}

/** Milliseconds that the Worker needs to decode and infer: the minimum of seven. */
async function cost({ type, body }: Received): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    const response = await fetch(`${fixture!.endpoint}/v1/classify`, {
      method: 'POST',
      headers: type === undefined ? {} : { 'Content-Type': type },
      body: new Uint8Array(body),
    });
    await response.arrayBuffer();
    const parts = [...response.headers.get('Server-Timing')!.matchAll(/(decode|infer);dur=([\d.]+)/g)];
    times.push(parts.reduce((sum, [, , duration]) => sum + Number(duration), 0));
  }
  return Math.min(...times);
}

test('a 12-megapixel photo is sent as 3,072 bytes, with the same answer as the original', here, async (t) => {
  const { page, close } = await open();
  sent.splice(0);
  const original = await jpegPhoto(4000, 3000, { quality: 90 });
  const small = await classify(page, original);
  assert.deepEqual(
    sent.map(({ type, body }) => [type, body.length]),
    [['application/vnd.glimpse.rgb8', 3072]],
  );
  await page.evaluate(() => {
    document.querySelector('glimpse-classify')!.upload = 'original';
  });
  const whole = await classify(page, original);
  assert.equal(sent[1]!.body.length, original.length);
  assert.equal(Buffer.compare(sent[1]!.body, original), 0);
  assert.deepEqual([small.image.format, whole.image.format], ['rgb8', 'jpeg']);
  assert.equal(small.predictions[0]!.label, whole.predictions[0]!.label);
  const [cheap, dear] = [await cost(sent[0]!), await cost(sent[1]!)];
  t.diagnostic(`sent ${sent[0]!.body.length} of ${original.length} bytes; the Worker computed ${cheap} of ${dear} ms`);
  assert.ok(cheap < dear);
  await close();
});

const turned = async (orientation: number) =>
  sharp(await photo(600, 400, 3).raw().toBuffer(), { raw: { width: 600, height: 400, channels: 3 } })
    .withMetadata({ orientation })
    .jpeg()
    .toBuffer();

const veiled = () => photo(640, 480, 5).ensureAlpha(0.4).png().toBuffer();

const images: Record<string, () => Promise<Buffer>> = {
  'a JPEG': () => jpegPhoto(1600, 1200, {}, 7),
  'a PNG': () => photo(640, 480, 2).png().toBuffer(),
  'a PNG that is partly transparent': veiled,
  'a tall JPEG': () => jpegPhoto(300, 2000, {}, 9),
};
for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
  images[`a JPEG of EXIF orientation ${orientation}`] = () => turned(orientation);
}

test('the pixels differ from the Worker’s by less than 2/255', here, async (t) => {
  const { page, close } = await open();
  sent.splice(0);
  for (const [name, make] of Object.entries(images)) {
    const bytes = await make();
    sent.splice(0);
    await classify(page, bytes, name.includes('PNG') ? 'image/png' : 'image/jpeg');
    const pixels = await workerPixels(bytes);
    const off = difference(sent[0]!.body, pixels);
    t.diagnostic(`${name}: ${off.toFixed(3)}`);
    assert.ok(off < 2, `${name}: ${off}`);
  }
  await close();
});

test('a small image is sent unchanged', here, async () => {
  const { page, close } = await open();
  sent.splice(0);
  const bytes = await photo(40, 30).png().toBuffer();
  await classify(page, bytes, 'image/png');
  assert.equal(Buffer.compare(sent[0]!.body, bytes), 0);
  await close();
});

test('a browser whose canvas returns altered pixels sends the file', here, async () => {
  const { page, close } = await open();
  await page.evaluate(() => {
    for (const { prototype } of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
      const honest = prototype.getImageData;
      prototype.getImageData = function (...where: Parameters<typeof honest>) {
        const image = honest.apply(this, where);
        image.data[5]! ^= 1;
        return image;
      };
    }
  });
  sent.splice(0);
  const bytes = await jpegPhoto(800, 600);
  await classify(page, bytes);
  assert.equal(Buffer.compare(sent[0]!.body, bytes), 0);
  await close();
});

async function publish(release: TestRelease): Promise<void> {
  const { bucket } = fixture!.worker;
  for (const [key, bytes] of release.objects) await bucket.put(key, bytes);
  await bucket.put(objectKeys.channels('cifar10'), testChannels({ stable: release.version }));
}

test('across a change of release, every answer fits the release that gave it', here, async () => {
  const { page, close } = await open();
  const bytes = await jpegPhoto(800, 600);
  const before = await classify(page, bytes);
  const labels = Array.from({ length: 10 }, (_, i) => `new ${i}`);
  const releases = {
    'other labels': await testRelease({ seed: 2, change: { labels } }),
    'the same size, cut in another way': await testRelease({
      seed: 3,
      change: { labels, input: { ...contract, fit: 'cover' } },
    }),
    'another size': await testRelease({ seed: 4, architecture: imagesSmall, change: { labels: labels.slice(0, 3) } }),
  };
  for (const [name, release] of Object.entries(releases)) {
    await publish(release);
    // The Worker serves the previous release until the new one is loaded.
    let answer = before;
    while (answer.model.version !== release.version) answer = await classify(page, bytes);
    assert.match(answer.predictions[0]!.label, /^new \d$/, name);
    const pixels = await workerPixels(bytes, release.manifest.input);
    const expected = await fetch(`${fixture!.endpoint}/v1/classify`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/vnd.glimpse.rgb8' },
      body: new Blob([new Uint8Array(pixels)]),
    });
    const { predictions } = (await expected.json()) as typeof answer;
    assert.equal(answer.predictions[0]!.label, predictions[0]!.label, name);
    assert.ok(Math.abs(answer.predictions[0]!.score - predictions[0]!.score) < 0.1, name);
  }
  await close();
});
