/** The requests of one key today, counted for all isolates: one Durable Object per key, named by the key's id. */
import { DurableObject } from 'cloudflare:workers';

interface Count {
  readonly day: string;
  readonly requests: number;
}

export class QuotaObject extends DurableObject {
  /**
   * @param day `2026-11-25`; a later day than before starts at zero
   * @param requests to add; 0 only reads, a negative number takes requests back
   * @returns the day's requests; 0 for a day that has passed
   */
  settle(day: string, requests: number): number {
    const { kv } = this.ctx.storage;
    const count = kv.get<Count>('counted') ?? { day, requests: 0 };
    if (day < count.day) return 0;
    const before = day === count.day ? count.requests : 0;
    const after = Math.max(0, before + requests);
    if (requests !== 0) kv.put('counted', { day, requests: after } satisfies Count);
    return after;
  }
}
