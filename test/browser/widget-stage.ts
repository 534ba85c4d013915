/** A Worker, a page of somebody else on another port that has the widget, and a browser to open it in. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type {} from '../../edge/widget/events.ts';
import type {} from '../../edge/widget/glimpse-classify.ts';
import { ROOT, type RunningWorker, startWorker } from '../support/worker/start-worker.ts';
import { launchBrowser } from './browser.ts';
import { servePages } from './pages.ts';

export const example = (name: string) => join(ROOT, 'examples', `${name}.png`);

export interface Stage {
  readonly browser: Browser;
  readonly worker: RunningWorker;
  /** Of the Worker. */
  readonly endpoint: string;
  /** Of the page. */
  readonly origin: string;
  /** The snippet's first line. */
  readonly script: string;
  /** Of the module that it loads. */
  readonly scriptUrl: string;
  /** Opens a page, and waits for its widgets. */
  open(html: string, options?: StageOptions): Promise<Opened>;
  close(): Promise<void>;
}

interface StageOptions extends BrowserContextOptions {
  /** Of the page. */
  readonly headers?: Record<string, string>;
  /** Attributes of its `html`. */
  readonly html?: string;
  readonly head?: string;
}

export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser said of errors and violations. */
  readonly complaints: string[];
  /** Detail of each event since the last call, as JSON can carry it. */
  events(): Promise<{ type: string; detail: Record<string, unknown>; widget: string }[]>;
  close(): Promise<void>;
}

const RECORDER = `
  window.heard = [];
  for (const type of ['glimpse-result', 'glimpse-error', 'glimpse-fallback'])
    document.addEventListener(type, (event) => heard.push({ type, detail: event.detail, widget: event.target.id }));
`;

export async function openStage(vars: Record<string, string> = {}): Promise<Stage> {
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

/** What an image's bytes are, for a file chooser: a name of one's own for it. */
export async function asFile(path: string, name: string, mimeType = 'image/png') {
  return { name, mimeType, buffer: await readFile(path) };
}

/** What /embed gives for the script's line. */
async function moduleOf(endpoint: string) {
  const page = await (await fetch(`${endpoint}/embed`)).text();
  const [, path, integrity] = /data-widget="([^"]+)" data-integrity="([^"]+)"/.exec(page) ?? [];
  return { scriptUrl: `${endpoint}/${path}`, integrity };
}
