/** A Worker, pages of another origin that embed the widget, and a browser. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type {} from '../../edge/widget/events.ts';
import type {} from '../../edge/widget/glimpse-classify.ts';
import { ROOT, type RunningWorker, startWorker } from '../support/worker/start-worker.ts';
import { launchBrowser } from './browser.ts';
import { servePages } from './pages.ts';

export const example = (name: string) => join(ROOT, 'examples', `${name}.png`);

export interface Fixture {
  readonly browser: Browser;
  readonly worker: RunningWorker;
  /** Origin of the Worker. */
  readonly endpoint: string;
  /** Origin of the pages. */
  readonly origin: string;
  /** The script tag of the embed snippet. */
  readonly script: string;
  /** URL of the module that it loads. */
  readonly scriptUrl: string;
  /** Opens a page and waits for its widgets. */
  open(html: string, options?: PageOptions): Promise<Opened>;
  close(): Promise<void>;
}

interface PageOptions extends BrowserContextOptions {
  /** Response headers of the page. */
  readonly headers?: Record<string, string>;
  /** Attributes of the `html` element. */
  readonly html?: string;
  readonly head?: string;
}

export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and policy violations in the console. */
  readonly complaints: string[];
  /** The widget's events since the last call, with details as JSON. */
  events(): Promise<{ type: string; detail: Record<string, unknown>; widget: string }[]>;
  close(): Promise<void>;
}

const RECORDER = `
  window.heard = [];
  for (const type of ['glimpse-result', 'glimpse-error', 'glimpse-fallback'])
    document.addEventListener(type, (event) => heard.push({ type, detail: event.detail, widget: event.target.id }));
`;

export async function openFixture(vars: Record<string, string> = {}): Promise<Fixture> {
  const [worker, browser] = await Promise.all([startWorker(vars), launchBrowser()]);
  const pages = await servePages();
  const endpoint = worker.url.origin;
  const { scriptUrl, integrity } = await moduleOf(endpoint);
  const script = `<script type="module" src="${scriptUrl}" integrity="${integrity}"></script>`;
  let count = 0;

  return {
    browser,
    worker,
    endpoint,
    origin: pages.origin,
    script,
    scriptUrl,
    async open(html, { headers = {}, html: attributes = 'lang="en"', head = '', ...options } = {}) {
      const path = `/page-${++count}`;
      const body = `<!doctype html><html ${attributes}><head><meta charset="utf-8"><title>A page</title>
        <meta name="viewport" content="width=device-width">${head}</head><body><main>${html}</main></body></html>`;
      pages.pages.set(path, { body, headers });
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.addInitScript(RECORDER);
      await page.goto(pages.origin + path);
      if (html.includes('<glimpse-classify')) await page.locator('[part=base]').first().waitFor();
      return {
        page,
        context,
        complaints,
        events: () => page.evaluate('heard.splice(0)'),
        close: () => context.close(),
      };
    },
    async close() {
      await browser.close();
      await pages.close();
      await worker.close();
    },
  };
}

/** A file for a file chooser, under another name. */
export async function asFile(path: string, name: string, mimeType = 'image/png') {
  return { name, mimeType, buffer: await readFile(path) };
}

/** Waits until the element has the focus, because earlier key presses would be lost. */
export async function waitForFocus(page: Page, selector: string): Promise<void> {
  await page.waitForFunction(
    (expected) => document.querySelector('glimpse-classify')!.shadowRoot!.activeElement?.matches(expected),
    selector,
  );
}

/** Presses Tab when the element exists. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  await page.locator(selector).waitFor();
  await page.keyboard.press('Tab');
  await waitForFocus(page, selector);
}

/** Reads the script URL and hash from /embed. */
async function moduleOf(endpoint: string) {
  const page = await (await fetch(`${endpoint}/embed`)).text();
  const [, path, integrity] = /data-widget="([^"]+)" data-integrity="([^"]+)"/.exec(page) ?? [];
  return { scriptUrl: `${endpoint}/${path}`, integrity };
}
