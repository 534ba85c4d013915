/** Where downloads and built engines are kept: outside the repository, so that clones share them. */
import { join } from 'node:path';
import envPaths from 'env-paths';

/** GLIMPSE_CACHE, or the system's cache folder for this user, with `parts` appended. */
export function cacheFolder(...parts: string[]): string {
  return join(process.env.GLIMPSE_CACHE ?? envPaths('glimpse', { suffix: '' }).cache, ...parts);
}
