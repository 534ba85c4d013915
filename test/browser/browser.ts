/** A real browser for a test: the system's Chromium, or the one that npm brings. */
import type { Browser } from 'playwright-core';
import { onPath } from '../support/on-path.ts';

const SYSTEM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Only these arguments: those that `@sparticuz/chromium` recommends turn the web's security off, and a test of CORS or
 * of a Content-Security-Policy would be worth nothing.
 */
const ARGUMENTS = [
  '--use-fake-device-for-media-stream',
  // A headless shell has nothing to ask for permission with.
  '--use-fake-ui-for-media-stream',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
];

/** @throws {Error} where there is none, or it does not start */
export async function launchBrowser(extra: readonly string[] = []): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const executablePath = onPath(...SYSTEM) ?? (await fromNpm());
  // A root user's Chromium does not start within its sandbox.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...ARGUMENTS, ...sandbox, ...extra] });
}

/** Why there is no browser here, for a test to say that it is skipped; `false` where there is one. */
export const browserLacks: string | false = await launchBrowser().then(
  async (browser): Promise<string | false> => {
    await browser.close();
    return false;
  },
  (error: Error) => `no browser starts here (apt-get install chromium): ${error.message.split('\n')[0]}`,
);

async function fromNpm(): Promise<string> {
  const { default: packed } = await import('@sparticuz/chromium');
  return packed.executablePath();
}
