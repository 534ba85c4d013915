/** Our Worker with its optional protection. */
import type { StartOptions } from './worker-start.ts';

/** With keys, whose records are in `PRIVATE`, and a daily quota. */
export const metered = {
  env: {
    PRIVATE: { type: 'r2', name: 'private' },
    REQUIRE_KEYS: { type: 'text', value: 'on' },
    QUOTA: { type: 'durable-object', worker: 'bench', exportName: 'QuotaObject' },
  },
  exports: { QuotaObject: { type: 'durable-object', storage: 'sqlite' } },
} as const satisfies StartOptions;

/** @param perKey and @param perAddress requests in 10 seconds */
export function rateLimits(perKey: number, perAddress: number) {
  const limit = (namespace: string, most: number) =>
    ({ type: 'rate-limit', namespace, simple: { limit: most, period: 10 } }) as const;
  return { RATE_KEY: limit('1001', perKey), RATE_ADDRESS: limit('1002', perAddress) };
}
