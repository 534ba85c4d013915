import { rename } from 'node:fs/promises';

/**
 * Gives a finished folder its final name, in one step. Where another process has done so meanwhile, that one stays: both
 * hold the same.
 */
export async function moveIntoPlace(finished: string, folder: string): Promise<void> {
  await rename(finished, folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}
