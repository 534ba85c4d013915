/** Enables feedback for the local Worker, including images, because they stay on this machine. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The secret is created once and stored beside the local buckets, so that ids stay valid after a restart. Settings in
 * `.dev.vars` take precedence.
 *
 * @returns variables for the Worker
 */
export async function localFeedback(root: string): Promise<Record<string, string>> {
  if (/^\s*FEEDBACK_/m.test((await readText(join(root, '.dev.vars'))) ?? '')) return {};
  const folder = join(root, '.wrangler', 'state');
  const file = join(folder, 'feedback-secret');
  const stored = (await readText(file))?.trim();
  const secret = stored || randomBytes(32).toString('hex');
  if (!stored) {
    await mkdir(folder, { recursive: true });
    await writeFile(file, `${secret}\n`, { mode: 0o600 });
  }
  return { FEEDBACK_SECRET: secret, FEEDBACK_IMAGES: 'on' };
}

async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
