/** Files and folders that appear complete or not at all. */
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/**
 * Writes to a temporary file in the same folder, flushes it to disk, and renames it. If a step fails (the disk is full,
 * say), the earlier file is intact and the temporary file is removed.
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

/**
 * Renames a finished folder to its final name. If another process has created that folder in the meantime, that folder
 * stays: both have the same content.
 */
export async function moveIntoPlace(finished: string, folder: string): Promise<void> {
  await rename(finished, folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}
