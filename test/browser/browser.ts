/** A real browser for a test: the system's Chromium, or the one from npm. */
import type { Browser } from 'playwright-core';
import { onPath } from '../support/on-path.ts';

const SYSTEM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Not the arguments that `@sparticuz/chromium` recommends: they disable web security, which would make tests of CORS and
 * Content-Security-Policy meaningless.
 */
const ARGUMENTS = [
  '--use-fake-device-for-media-stream',
  // A headless shell has no permission prompt.
  '--use-fake-ui-for-media-stream',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
];

/** @throws {Error} if no browser is installed, or it does not start */
export async function launchBrowser(extra: readonly string[] = []): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const executablePath = onPath(...SYSTEM) ?? (await fromNpm());
  // As root, Chromium does not start in its sandbox.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...ARGUMENTS, ...sandbox, ...extra] });
}

/** The reason to skip tests without a browser; `false` if there is one. */
export const browserLacks: string | false = await launchBrowser().then(
  async (browser): Promise<string | false> => {
    await browser.close();
    return false;
  },
  (error: Error) => `no browser could be started (apt-get install chromium): ${error.message.split('\n')[0]}`,
);

async function fromNpm(): Promise<string> {
  const { default: packed } = await import('@sparticuz/chromium');
  return packed.executablePath();
}
