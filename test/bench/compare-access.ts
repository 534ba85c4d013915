/** Measures the cost of keys, rate limits and a quota: our Worker with and without them. */
import { testKey } from '../support/worker/keys.ts';
import { asked, fill, type RequestsOptions, type SentName, whatIsSent } from './compare-requests.ts';
import { metered, rateLimits } from './guarded.ts';
import { askAgain } from './http-load.ts';
import { type Samples, turns } from './measure.ts';
import type { Subject } from './subject.ts';
import type { BuiltWorker } from './worker-build.ts';
import { type StartOptions, startWorker } from './worker-start.ts';

export const accessNames = ['open', 'metered', 'guarded'] as const;
/** `metered`: with keys and a quota. `guarded`: with rate limits, too. */
export type AccessName = (typeof accessNames)[number];

export interface AccessResult {
  readonly image: SentName;
  readonly clients: number;
  /** Answers per second, one value per round. */
  readonly rates: Samples<AccessName>;
}

const CLIENTS = 8;
/** Limits per window and per day that are higher than the number of requests, so all are counted and none is rejected. */
const PLENTY = 10_000_000;

const guarded: StartOptions = { ...metered, env: { ...metered.env, ...rateLimits(PLENTY, PLENTY) } };

export async function compareAccess(
  built: BuiltWorker,
  subject: Subject,
  { rounds, slotMs }: RequestsOptions,
): Promise<AccessResult[]> {
  const key = await testKey({ quotaPerDay: PLENTY });
  const workers = {
    open: await startWorker(built),
    metered: await startWorker(built, metered),
    guarded: await startWorker(built, guarded),
  };
  try {
    for (const worker of Object.values(workers)) await fill(worker, subject);
    for (const name of ['metered', 'guarded'] as const) {
      await workers[name].putInto('PRIVATE', key.object, JSON.stringify(key.record));
    }
    const results: AccessResult[] = [];
    for (const sent of await whatIsSent(subject)) {
      const ask = (name: AccessName) => {
        const headers = name === 'open' ? sent.headers : { ...sent.headers, Authorization: `Bearer ${key.text}` };
        return askAgain(asked(workers[name], { ...sent, headers }), CLIENTS, slotMs);
      };
      for (const name of accessNames) for (let i = 0; i < 2; i++) await ask(name);
      const rates: Samples<AccessName> = { open: [], metered: [], guarded: [] };
      for (let round = 0; round < rounds; round++) {
        for (const name of turns(accessNames, round)) rates[name].push((await ask(name)).rate);
      }
      results.push({ image: sent.name, clients: CLIENTS, rates });
    }
    return results;
  } finally {
    for (const worker of Object.values(workers)) await worker.stop();
  }
}
