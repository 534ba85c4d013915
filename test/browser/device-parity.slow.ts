/** On-device scores equal those of `glimpse evaluate`, bit for bit. test/parity checks the same for the Worker. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test, { after } from 'node:test';
import { loadCifar10 } from '@glimpse/training/data/cifar10';
import { evaluate } from '@glimpse/training/evaluate/evaluate';
import { openClassifier } from '@glimpse/training/evaluate/open-classifier';
import { cacheFolder } from '@glimpse/training/files/cache-folder';
import type { Device } from '../../edge/widget/device/device.ts';
import { starterFolder } from '../support/worker/start-worker.ts';
import { browserLacks } from './browser.ts';
import { type Fixture, openFixture } from './widget-fixture.ts';

const dataLack = existsSync(cacheFolder('data', 'cifar10')) ? false : 'no data set: npx glimpse data cifar10';
const skip = browserLacks || dataLack;

const fixture: Fixture | undefined = skip ? undefined : await openFixture();
after(() => fixture?.close());

test('the browser computes the scores of evaluate for all 10,000 test images, bit for bit', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { test: set } = await loadCifar10();
  const { classifier, labels } = await openClassifier(await starterFolder());
  const { probabilities } = evaluate(classifier, set, labels.length);
  classifier.dispose();
  const all = set.take(Array.from({ length: set.count }, (_, i) => i)).pixels;

  const { page, context, close } = await fixture!.open('');
  await context.route('**/pixels', (route) => route.fulfill({ body: Buffer.from(all) }));
  const widget = await (await fetch(fixture!.scriptUrl)).text();
  const module = new URL(/\/widget\/device-\w+\.js/.exec(widget)![0], fixture!.scriptUrl).href;
  const started = performance.now();
  const scores = await page.evaluate(
    async ({ module, endpoint, bytes, classes }) => {
      const { Device: OnDevice } = (await import(module)) as { Device: typeof Device };
      const pixels = new Uint8Array(await (await fetch('/pixels')).arrayBuffer());
      const call = (path: string, init?: RequestInit) => fetch(new URL(path, endpoint), init);
      // The blob holds only the index of the image; its pixels come from the data set.
      const device = new OnDevice(endpoint, call, async (image) => {
        const from = Number(await image.text()) * bytes;
        return { pixels: pixels.slice(from, from + bytes), width: 32, height: 32 };
      });
      const options = {
        signal: new AbortController().signal,
        topK: classes,
        model: 'cifar10',
        upload: 'auto' as const,
      };
      const found: number[] = [];
      for (let i = 0; i * bytes < pixels.length; i++) {
        const { predictions } = await device.classify(new Blob([String(i)]), options);
        for (const { index, score } of predictions) found[i * classes + index] = score;
      }
      return found;
    },
    { module, endpoint: fixture!.endpoint, bytes: all.length / set.count, classes: labels.length },
  );
  t.diagnostic(`${((performance.now() - started) / set.count).toFixed(2)} ms per image`);
  await close();

  const best = (of: ArrayLike<number>, i: number) => {
    let found = 0;
    for (let k = 1; k < labels.length; k++) {
      if (of[i * labels.length + k]! > of[i * labels.length + found]!) found = k;
    }
    return found;
  };
  let classesThatDiffer = 0;
  for (let i = 0; i < set.count; i++) classesThatDiffer += Number(best(scores, i) !== best(probabilities, i));
  const bitsThatDiffer = probabilities.reduce((sum, score, i) => sum + Number(!Object.is(score, scores[i])), 0);
  assert.deepEqual([scores.length, classesThatDiffer, bitsThatDiffer], [100_000, 0, 0]);
});
