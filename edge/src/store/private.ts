/** The second bucket: keys and feedback. Never the one that releases are in, which may be public. */
import { r2PrivateStore } from './private-r2.ts';
import { s3PrivateStore } from './private-s3.ts';
import type { PrivateStore } from './private-store.ts';
import type { S3Settings } from './s3-settings.ts';
import type { StoreOptions } from './store.ts';

export type PrivateSettings =
  | { readonly kind: 'r2'; readonly bucket: R2Bucket }
  | ({ readonly kind: 's3' } & S3Settings);

export function openPrivateStore(settings: PrivateSettings, options: StoreOptions): PrivateStore {
  return settings.kind === 's3' ? s3PrivateStore(settings, options) : r2PrivateStore(settings.bucket, options);
}
