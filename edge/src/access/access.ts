/** Who may ask, and how often: what one isolate holds for that. */

import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { logWarning } from '../observability/log.ts';
import { DailyQuota } from './daily-quota.ts';
import { KeyCache } from './key-cache.ts';
import { KeyHashCache } from './key-hash-cache.ts';
import type { QuotaObject } from './quota-object.ts';
import { RateGuard } from './rate-guard.ts';

export interface AccessSettings {
  /** Whether nobody may ask without a key. */
  readonly requireKeys: boolean;
  /** Undefined where the binding was left out: then there is no such limit. */
  readonly perKey: RateLimit | undefined;
  readonly perAddress: RateLimit | undefined;
  readonly quota: DurableObjectNamespace<QuotaObject> | undefined;
}

export interface Access extends Pick<AccessSettings, 'requireKeys'> {
  /** As above. */
  readonly perKey: RateGuard | undefined;
  readonly perAddress: RateGuard | undefined;
  /** Undefined where there is no bucket that keys could be in. */
  readonly keys: KeyCache | undefined;
  readonly identities: KeyHashCache;
  readonly quota: DailyQuota | undefined;
}

interface AccessParts {
  readonly accountStore: ObjectStore | undefined;
  /** Milliseconds that a key is known without asking for it. */
  readonly cacheMs: number;
  readonly report: (what: string, error: unknown) => void;
}

export function openAccess(settings: AccessSettings, { accountStore, cacheMs, report }: AccessParts): Access {
  const { requireKeys, perKey, perAddress, quota } = settings;
  const said = describeAccess(settings);
  if (said.limitsMissing) logWarning('access', said.limitsMissing);
  return {
    requireKeys,
    perKey: perKey && new RateGuard({ limiter: perKey, whose: 'with this key', report }),
    perAddress: perAddress && new RateGuard({ limiter: perAddress, whose: 'from this address', report }),
    keys: accountStore && new KeyCache({ store: accountStore, cacheMs, report }),
    identities: new KeyHashCache(),
    quota: quota && new DailyQuota({ settle: async (key, ...lot) => quota.getByName(key).settle(...lot), report }),
  };
}

export const OPEN_ENDPOINT = 'REQUIRE_KEYS is off: whoever reaches this endpoint may classify, from any page.';

/** For /readyz and the log. */
export function describeAccess({ requireKeys, perKey, perAddress, quota }: Record<keyof AccessSettings, unknown>) {
  const missing = Object.entries({ RATE_KEY: perKey, RATE_ADDRESS: perAddress, QUOTA: quota }).filter(([, it]) => !it);
  return {
    keys: requireKeys ? 'required' : OPEN_ENDPOINT,
    ...(missing.length === 0
      ? {}
      : { limitsMissing: `Not bound, so without their limits: ${missing.map(([name]) => name).join(', ')}.` }),
  };
}
