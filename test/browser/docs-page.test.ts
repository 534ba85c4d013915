/** /docs in a real browser: requests can be tried, under its own policy and without other hosts. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { ROOT, startWorker } from '../support/worker/start-worker.ts';
import { browserLacks, launchBrowser } from './browser.ts';

test('an image is classified from the page, without requests to other hosts', { skip: browserLacks }, async () => {
  const worker = await startWorker();
  after(() => worker.close());
  const browser = await launchBrowser();
  after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1000, height: 1200 } });
  const [foreign, complaints]: [string[], string[]] = [[], []];
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== worker.url.origin) {
      foreign.push(request.url());
    }
  });
  // Policy violations are logged here too.
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));

  await page.goto(new URL('/docs', worker.url).href);
  const classify = page.locator('#operations-classify-classify');
  await classify.locator('.opblock-summary').click();
  await classify.locator('input[type=file]').setInputFiles(join(ROOT, 'examples/cat.png'));
  await classify.locator('button.execute').click();
  const answer = classify.locator('.live-responses-table');
  await answer.getByText('"label": "cat"').waitFor();
  assert.equal((await answer.locator('tr.response td.response-col_status').first().textContent())?.trim(), '200');
  for (const path of ['/v1/models', '/openapi.json']) {
    assert.ok(await page.locator('.opblock-summary-path', { hasText: path }).first().isVisible(), path);
  }
  assert.deepEqual(foreign, []);
  assert.deepEqual(complaints, []);
});
