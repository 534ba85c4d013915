/**
 * How many requests a key has left today (UTC), over all isolates. Counted here and settled in lots with the object that
 * counts for all (quota-object.ts), beside the answers and not before them: so isolates that do not know of each other's
 * last lots may together let some more through than the quota. Each of them has never more than two lots unsettled, so it
 * is at most isolates x 2 x lot, and a lot is a twentieth of the quota and at most 100.
 */

import { TIMED_OUT, within } from '../body/deadline.ts';
import type { WaitUntil } from '../model/single-flight.ts';

/** Adds requests of a day to a key's count, and says what it is then. */
export type Settle = (key: string, day: string, requests: number) => Promise<number>;

export interface DailyQuotaOptions {
  readonly settle: Settle;
  readonly report: (what: string, error: unknown) => void;
  readonly now?: () => number;
  /** Milliseconds after which a lot is settled although it is not full. */
  readonly settleMs?: number;
}

export interface QuotaState {
  /** Whether this request may go on. */
  readonly granted: boolean;
  readonly quota: number;
  /** Requests, as far as this isolate knows. */
  readonly remaining: number;
  /** Seconds to midnight UTC. */
  readonly reset: number;
}

interface Count {
  readonly day: string;
  /** Of all isolates, when they were last settled. */
  settled: number;
  /** Of this one, since. Those that are on their way included. */
  unsettled: number;
  /** Undefined until the object has been asked for the first time. */
  known: boolean;
  running: Promise<void> | undefined;
  /** Milliseconds since 1970; 0 while it is well. */
  failedUntil: number;
  timed: boolean;
}

const MAX_LOT = 100;
const SETTLE_MS = 2_000;
/** A request waits no longer for a settlement, and goes on without. */
const PATIENCE_MS = 2_000;
/** After a failure, nobody waits for so long. */
const BACKOFF_MS = 5_000;
/** Keys that are counted at once. */
const MAX_COUNTS = 2_000;
const DAY_MS = 86_400_000;

export function lotOf(quota: number): number {
  return Math.max(1, Math.min(MAX_LOT, Math.floor(quota / 20)));
}

export class DailyQuota {
  readonly #options: Required<DailyQuotaOptions>;
  readonly #counts = new Map<string, Count>();

  constructor(options: DailyQuotaOptions) {
    this.#options = { now: Date.now, settleMs: SETTLE_MS, ...options };
  }

  /**
   * Counts requests of a key, unless there are no more today. Where the object that counts for all fails, each isolate
   * counts for itself.
   */
  async take(key: string, quota: number, requests: number, keeper: WaitUntil): Promise<QuotaState> {
    const now = this.#options.now();
    const count = this.#countOf(key, new Date(now).toISOString().slice(0, 10));
    const lot = lotOf(quota);
    while (!count.known || count.unsettled >= 2 * lot) {
      if (!(await this.#wait(key, count, keeper))) break;
    }
    const remaining = quota - count.settled - count.unsettled;
    const reset = Math.ceil((DAY_MS - (now % DAY_MS)) / 1000);
    if (remaining <= 0) return { granted: false, quota, remaining: 0, reset };
    this.#add(key, count, requests, lot, keeper);
    return { granted: true, quota, remaining: Math.max(0, remaining - requests), reset };
  }

  /** Counts more of a request that was let through, or takes it back: less than nothing. */
  add(key: string, requests: number, keeper: WaitUntil): void {
    const count = this.#counts.get(key);
    if (count) this.#add(key, count, requests, Number.POSITIVE_INFINITY, keeper);
  }

  #add(key: string, count: Count, requests: number, lot: number, keeper: WaitUntil): void {
    count.unsettled += requests;
    if (count.unsettled >= lot) keeper.waitUntil(this.#settle(key, count));
    if (!count.timed) {
      count.timed = true;
      keeper.waitUntil(this.#settleLater(key, count));
    }
  }

  async #settleLater(key: string, count: Count): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.#options.settleMs));
    count.timed = false;
    // What is on its way may be less than all.
    do await this.#settle(key, count);
    while (count.unsettled !== 0 && count.failedUntil === 0);
  }

  /**
   * For the settlement that is going on, or a new one; but not for ever, as it may be another request's that has ended.
   *
   * @returns false where it failed, now or just before
   */
  async #wait(key: string, count: Count, keeper: WaitUntil): Promise<boolean> {
    if (this.#options.now() < count.failedUntil) return false;
    const settling = this.#settle(key, count);
    keeper.waitUntil(settling);
    if ((await within(PATIENCE_MS, settling)) === TIMED_OUT) {
      count.running = undefined;
      this.#failed(count, new Error(`The count of requests was not settled within ${PATIENCE_MS / 1000} s.`));
    }
    return count.failedUntil === 0;
  }

  #settle(key: string, count: Count): Promise<void> {
    count.running ??= this.#exchange(key, count);
    return count.running;
  }

  async #exchange(key: string, count: Count): Promise<void> {
    const requests = count.unsettled;
    try {
      count.settled = await this.#options.settle(key, count.day, requests);
      count.unsettled -= requests;
      count.known = true;
      count.failedUntil = 0;
    } catch (error) {
      this.#failed(count, error);
    }
    count.running = undefined;
  }

  #failed(count: Count, error: unknown): void {
    count.failedUntil = this.#options.now() + BACKOFF_MS;
    this.#options.report('quota', error);
  }

  #countOf(key: string, day: string): Count {
    const before = this.#counts.get(key);
    if (before?.day === day) return before;
    this.#counts.delete(key);
    const count = { day, settled: 0, unsettled: 0, known: false, running: undefined, failedUntil: 0, timed: false };
    this.#counts.set(key, count);
    if (this.#counts.size > MAX_COUNTS) this.#counts.delete(this.#counts.keys().next().value!);
    return count;
  }
}
