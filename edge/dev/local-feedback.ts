/** Feedback on this machine: on, with its images, as they stay here. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The secret is made once and kept beside the local buckets, so that ids outlive a restart. Whoever sets one in
 * `.dev.vars` decides for himself.
 *
 * @returns variables of the Worker
 */
export async function localFeedback(root: string): Promise<Record<string, string>> {
  if (/^\s*FEEDBACK_/m.test((await textOf(join(root, '.dev.vars'))) ?? '')) return {};
  const folder = join(root, '.wrangler', 'state');
  const file = join(folder, 'feedback-secret');
  const kept = (await textOf(file))?.trim();
  const secret = kept || randomBytes(32).toString('hex');
  if (!kept) {
    await mkdir(folder, { recursive: true });
    await writeFile(file, `${secret}\n`, { mode: 0o600 });
  }
  return { FEEDBACK_SECRET: secret, FEEDBACK_IMAGES: 'on' };
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
