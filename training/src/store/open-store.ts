/** `--to local | s3://bucket/prefix` → a store. A driver is one file, and one entry here. */
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { TrainingError } from '../training-error.ts';
import { localDriver } from './local-store.ts';
import { s3Driver } from './s3-store.ts';

export interface StoreConnection extends ObjectStore {
  close(): Promise<void>;
}

/** Releases may be public. The account bucket, with keys and feedback, must not be. */
export type BucketRole = 'releases' | 'account';

export interface StoreDriver {
  /** The form of its addresses, for messages. */
  readonly address: string;
  accepts(address: string): boolean;
  /**
   * @param root the folder of wrangler.toml
   * @throws {TrainingError} `store-failed`
   */
  open(address: string, role: BucketRole, root: string): Promise<StoreConnection>;
}

const drivers: readonly StoreDriver[] = [localDriver, s3Driver];

/**
 * The store of releases.
 *
 * @param root the folder of wrangler.toml
 * @throws {TrainingError} `store-failed`
 */
export function openStore(address: string, root: string): Promise<StoreConnection> {
  return driverOf(address).open(address, 'releases', root);
}

/**
 * The store of keys and feedback.
 *
 * @param root the folder of wrangler.toml
 * @throws {TrainingError} `store-failed`; `store-not-private` if the bucket holds releases
 * @throws {StoreError}
 */
export async function openAccountStore(address: string, root: string): Promise<StoreConnection> {
  const store = await driverOf(address).open(address, 'account', root);
  try {
    if ((await store.list('models/', { limit: 1 })).objects.length === 0) return store;
    throw new TrainingError(
      'store-not-private',
      `${store.description} holds releases, which may be public. Keys and feedback require another bucket: the one that the ` +
        'Worker binds as PRIVATE (glimpse-private).',
    );
  } catch (error) {
    await store.close();
    throw error;
  }
}

function driverOf(address: string): StoreDriver {
  const driver = drivers.find((each) => each.accepts(address));
  if (driver) return driver;
  const forms = drivers.map((each) => each.address).join(' or ');
  throw new TrainingError('store-failed', `"${address}" is not a store: use ${forms}.`);
}
