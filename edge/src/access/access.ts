/** Access control of one isolate: keys, rate limits and quotas. */
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { logWarning } from '../observability/log.ts';
import { DailyQuota } from './daily-quota.ts';
import { KeyCache } from './key-cache.ts';
import { KeyHashCache } from './key-hash-cache.ts';
import type { QuotaObject } from './quota-object.ts';
import { RateGuard } from './rate-guard.ts';

export interface AccessSettings {
  /** Whether every request needs a key. */
  readonly requireKeys: boolean;
  /** Each limit is undefined if its binding is missing. */
  readonly perKey: RateLimit | undefined;
  readonly perAddress: RateLimit | undefined;
  readonly quota: DurableObjectNamespace<QuotaObject> | undefined;
}

export interface Access extends Pick<AccessSettings, 'requireKeys'> {
  /** As above. */
  readonly perKey: RateGuard | undefined;
  readonly perAddress: RateGuard | undefined;
  /** Undefined without an account store. */
  readonly keys: KeyCache | undefined;
  readonly keyHashes: KeyHashCache;
  readonly quota: DailyQuota | undefined;
}

interface AccessParts {
  readonly accountStore: ObjectStore | undefined;
  /** Milliseconds that a key's record is cached. */
  readonly cacheMs: number;
  readonly report: (what: string, error: unknown) => void;
}

export function openAccess(settings: AccessSettings, { accountStore, cacheMs, report }: AccessParts): Access {
  const { requireKeys, perKey, perAddress, quota } = settings;
  const { limitsMissing } = describeAccess(settings);
  if (limitsMissing) logWarning('access', limitsMissing);
  return {
    requireKeys,
    perKey: perKey && new RateGuard({ limiter: perKey, whose: 'with this key', report }),
    perAddress: perAddress && new RateGuard({ limiter: perAddress, whose: 'from this address', report }),
    keys: accountStore && new KeyCache({ store: accountStore, cacheMs, report }),
    keyHashes: new KeyHashCache(),
    quota: quota && new DailyQuota({ settle: async (key, ...lot) => quota.getByName(key).settle(...lot), report }),
  };
}

const OPEN_ENDPOINT = 'REQUIRE_KEYS is off: anyone may classify, from any page.';

/** For /readyz and the log. */
export function describeAccess({ requireKeys, perKey, perAddress, quota }: Record<keyof AccessSettings, unknown>) {
  const bindings = Object.entries({ RATE_KEY: perKey, RATE_ADDRESS: perAddress, QUOTA: quota });
  const missing = bindings.flatMap(([name, binding]) => (binding ? [] : [name]));
  return {
    keys: requireKeys ? 'required' : OPEN_ENDPOINT,
    ...(missing.length > 0 && { limitsMissing: `Limits are off because these are not bound: ${missing.join(', ')}.` }),
  };
}
