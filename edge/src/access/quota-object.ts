/** A key's count of requests of a day, for all isolates: one Durable Object a key, found by the key's id. */
import { DurableObject } from 'cloudflare:workers';

interface Counted {
  readonly day: string;
  readonly requests: number;
}

export class QuotaObject extends DurableObject {
  /**
   * @param day `2026-11-25`; a later one than before starts anew
   * @param requests to add; 0 to ask, less than that to take some back
   * @returns the day's requests. Those of a day that has passed are no longer counted
   */
  settle(day: string, requests: number): number {
    const { kv } = this.ctx.storage;
    const counted = kv.get<Counted>('counted') ?? { day, requests: 0 };
    if (day < counted.day) return 0;
    const before = day === counted.day ? counted.requests : 0;
    const after = Math.max(0, before + requests);
    if (requests !== 0) kv.put('counted', { day, requests: after } satisfies Counted);
    return after;
  }
}
