/** Runs the snippets of the demo page. `npm run clients`, which has a compiler, runs Kotlin; Swift is not run. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { promisify } from 'node:util';
import { apiSnippets } from '../../edge/site/snippets.ts';
import { onPath } from '../support/on-path.ts';
import { startWorker } from '../support/worker/start-worker.ts';
import { browserLacks, launchBrowser } from './browser.ts';
import { servePages } from './pages.ts';
import { example } from './widget-fixture.ts';

const run = promisify(execFile);
const worker = await startWorker();
const folder = await mkdtemp(join(tmpdir(), 'glimpse-snippets-'));
await copyFile(example('cat'), join(folder, 'cat.png'));
after(async () => {
  await worker.close();
  await rm(folder, { recursive: true });
});

const snippet = (name: string) => apiSnippets(worker.url.origin).find((each) => each.name === name)!.text;
const lacks = (program: string) => (onPath(program) ? false : `no ${program}`);

test('curl', { skip: lacks('curl') }, async () => {
  const { stdout } = await run('sh', ['-c', snippet('curl')], { cwd: folder });
  const { predictions } = JSON.parse(stdout);
  assert.deepEqual([predictions[0].label, predictions.length], ['cat', 3]);
});

test('Python', { skip: lacks('python3') }, async () => {
  await writeFile(join(folder, 'classify.py'), snippet('Python'));
  const { stdout } = await run('python3', ['classify.py'], { cwd: folder });
  assert.match(stdout, /^cat 0\.\d+\n$/);
});

test('JavaScript, in a page of another origin', { skip: browserLacks }, async () => {
  const pages = await servePages(new Map([['/', { body: '<title>A page</title><input type="file">' }]]));
  const browser = await launchBrowser();
  const page = await browser.newPage();
  await page.goto(pages.origin);
  await page.setInputFiles('input', example('cat'));
  const logged: string[] = [];
  page.on('console', (message) => logged.push(message.text()));
  await page.addScriptTag({ type: 'module', content: snippet('JavaScript') });
  if (logged.length === 0) await page.waitForEvent('console');
  assert.match(logged[0]!, /^cat 0\.\d+$/);
  await browser.close();
  await pages.close();
});
