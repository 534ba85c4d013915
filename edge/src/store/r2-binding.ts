/** The Worker's R2 bindings: `RELEASES`, and `PRIVATE` for keys and feedback. */
import { type R2BucketBinding, r2Store } from '@glimpse/shared/store/r2-store';
import { ConfigurationError } from '../configuration-error.ts';
import type { StoreDriver } from './drivers.ts';

export const r2Driver: StoreDriver = {
  configure(env, role) {
    const name = role === 'releases' ? 'RELEASES' : 'PRIVATE';
    const bucket = env[name] as R2BucketBinding | undefined;
    if (bucket === undefined) return undefined;
    if (typeof bucket.get !== 'function') {
      throw new ConfigurationError(`${name} is not an R2 bucket. Bind one by that name.`);
    }
    if (role === 'account' && bucket === env.RELEASES) {
      throw new ConfigurationError('PRIVATE and RELEASES are the same bucket. Bind another one as PRIVATE.');
    }
    return (options) => r2Store(bucket, { ...options, description: `the R2 bucket ${name}` });
  },
};
