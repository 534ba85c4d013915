/** `--to local | s3://bucket`, of keys and feedback: never the bucket of releases, which may be public. */

import type { ReleaseStore } from '../publish/store.ts';
import { openLocalStore } from '../store/local-store.ts';
import { openS3Store, parseS3Url } from '../store/s3-store.ts';
import { TrainingError } from '../training-error.ts';

/**
 * @param root the folder of wrangler.toml
 * @throws {TrainingError} `store-failed`; `store-not-private` where there are releases in the bucket
 */
export async function openPrivateStore(to: string, root: string): Promise<ReleaseStore> {
  if (to === 'local') return openLocalStore(root, 'PRIVATE');
  const location = parseS3Url(to);
  if (location.prefix !== '') {
    throw new TrainingError(
      'store-failed',
      `Keys and feedback lie at the root of a bucket of their own, where the Worker looks: s3://${location.bucket}`,
    );
  }
  const store = openS3Store(location);
  try {
    if ((await store.list('models/')).length > 0) {
      throw new TrainingError(
        'store-not-private',
        `${store.description} holds releases, which may be public. Keys and feedback take another bucket: the one that the ` +
          'Worker binds as PRIVATE (glimpse-private).',
      );
    }
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}
