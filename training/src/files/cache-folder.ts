/** Where downloads and built engines are stored: outside the repository, so that clones share them. */
import { join } from 'node:path';
import envPaths from 'env-paths';

/** GLIMPSE_CACHE or, if it is not set, the user's cache folder, with `parts` appended. */
export function cacheFolder(...parts: string[]): string {
  return join(process.env.GLIMPSE_CACHE ?? envPaths('glimpse', { suffix: '' }).cache, ...parts);
}
