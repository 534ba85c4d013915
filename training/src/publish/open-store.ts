/** `--to local | s3://bucket/prefix` → a store. */
import { openLocalStore } from './local.ts';
import { openS3Store, parseS3Url } from './s3.ts';
import type { ReleaseStore } from './store.ts';

export async function openStore(to: string, root: string): Promise<ReleaseStore> {
  return to === 'local' ? openLocalStore(root) : openS3Store(parseS3Url(to));
}
