/** `--to local | s3://bucket/prefix` → a store. */

import type { ReleaseStore } from '../publish/store.ts';
import { openLocalStore } from './local-store.ts';
import { openS3Store, parseS3Url } from './s3-store.ts';

export async function openStore(to: string, root: string): Promise<ReleaseStore> {
  return to === 'local' ? openLocalStore(root) : openS3Store(parseS3Url(to));
}
