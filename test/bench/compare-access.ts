/** What keys, rate limits and a quota cost: our Worker with them, and the same without. */
import { testKey } from '../support/worker/keys.ts';
import { asked, fill, type RequestsOptions, type SentName, whatIsSent } from './compare-requests.ts';
import { metered, rateLimits } from './guarded.ts';
import { askAgain } from './http-load.ts';
import { type Samples, turns } from './measure.ts';
import type { Subject } from './subject.ts';
import type { BuiltWorker } from './worker-build.ts';
import { type StartOptions, startWorker } from './worker-start.ts';

export const accessNames = ['open', 'metered', 'guarded'] as const;
/** `metered`: with keys and a quota. `guarded`: with rate limits as well. */
export type AccessName = (typeof accessNames)[number];

export interface AccessResult {
  readonly image: SentName;
  readonly clients: number;
  /** Answers a second, one figure a round. */
  readonly rates: Samples<AccessName>;
}

const CLIENTS = 8;
/** A window's, and a day's: more than are sent here, so that each is counted and none refused. */
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
