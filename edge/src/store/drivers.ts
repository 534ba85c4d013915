/** Chooses the store of each bucket by the Worker's variables and bindings. A driver is one file, and one entry here. */
import type { ObjectStore, StoreOptions } from '@glimpse/shared/store/object-store';
import { ConfigurationError } from '../configuration-error.ts';
import { r2Driver } from './r2-binding.ts';
import { s3Driver } from './s3-store.ts';

/** Releases may be public. The account bucket, with keys and feedback, must not be. */
export type BucketRole = 'releases' | 'account';

export type OpenStore = (options: StoreOptions) => ObjectStore;

export interface StoreDriver {
  /**
   * @returns undefined if the environment configures no such store for the role
   * @throws {ConfigurationError}
   */
  configure(env: Readonly<Record<string, unknown>>, role: BucketRole): OpenStore | undefined;
}

/** The first that is configured is used. */
const drivers: readonly StoreDriver[] = [s3Driver, r2Driver];

/** @returns undefined if the environment has no account bucket @throws {ConfigurationError} */
export function configureAccountStore(env: Readonly<Record<string, unknown>>): OpenStore | undefined {
  return configure(env, 'account');
}

/** @throws {ConfigurationError} */
export function configureReleaseStore(env: Readonly<Record<string, unknown>>): OpenStore {
  const open = configure(env, 'releases');
  if (open) return open;
  throw new ConfigurationError('There is no store. Bind an R2 bucket as RELEASES, or set S3_ENDPOINT.');
}

function configure(env: Readonly<Record<string, unknown>>, role: BucketRole): OpenStore | undefined {
  for (const driver of drivers) {
    const open = driver.configure(env, role);
    if (open) return open;
  }
  return undefined;
}
