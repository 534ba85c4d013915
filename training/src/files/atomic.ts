/** A file that is there in full or not at all. */
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/**
 * Writes beside the final name, flushes to the disk, then renames. When any of it fails (a full disk, say), what stood
 * under the name before is intact and the unfinished file is gone.
 */
export async function writeAtomic(path: string, content: Uint8Array | string): Promise<void> {
  // Two writers of the same file must not share it.
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(unfinished, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
