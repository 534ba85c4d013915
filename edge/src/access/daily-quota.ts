/**
 * Counts a key's requests per day (UTC) over all isolates. Each isolate counts for itself, and settles in lots with the
 * key's Durable Object (quota-object.ts), in the background. Isolates do not know each other's unsettled lots, so together
 * they may exceed the quota: by at most isolates x 2 lots, where a lot is a twentieth of the quota and at most 100.
 */
import { TIMED_OUT, withTimeout } from '../body/deadline.ts';
import type { WaitUntil } from '../model/single-flight.ts';

/** Adds requests to a key's count of a day, and returns the count. */
export type Settle = (key: string, day: string, requests: number) => Promise<number>;

export interface DailyQuotaOptions {
  readonly settle: Settle;
  readonly report: (what: string, error: unknown) => void;
  readonly now?: () => number;
  /** Milliseconds after which an incomplete lot is settled. */
  readonly settleMs?: number;
}

export interface QuotaState {
  /** Whether the request may proceed. */
  readonly granted: boolean;
  readonly quota: number;
  /** Requests, as far as this isolate knows. */
  readonly remaining: number;
  /** Seconds to midnight UTC. */
  readonly reset: number;
}

interface Count {
  readonly day: string;
  /** Requests in all isolates, at the last settlement. */
  settled: number;
  /** Requests in this isolate since then, including those in a settlement that is in progress. */
  unsettled: number;
  /** False until the first settlement. */
  known: boolean;
  running: Promise<void> | undefined;
  /** Milliseconds since 1970; 0 after a success. */
  failedUntil: number;
  /** Whether a settlement is scheduled. */
  scheduled: boolean;
}

const MAX_LOT = 100;
const SETTLE_MS = 2_000;
/** A request waits at most this long for a settlement, then proceeds without it. */
const PATIENCE_MS = 2_000;
/** After a failure, no request waits for this long. */
const BACKOFF_MS = 5_000;
const MAX_KEYS = 2_000;
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
   * Counts the requests if the quota has room for all of them today; otherwise counts none. If the Durable Object fails, each
   * isolate counts for itself.
   */
  async take(key: string, quota: number, requests: number, context: WaitUntil): Promise<QuotaState> {
    const now = this.#options.now();
    const count = this.#countOf(key, new Date(now).toISOString().slice(0, 10));
    const lot = lotOf(quota);
    // More than an isolate may leave unsettled is counted by the Durable Object before it is granted.
    const exact = requests > 2 * lot;
    let granted: boolean | undefined;
    while (granted === undefined && (exact || !count.known || count.unsettled + requests > 2 * lot)) {
      if (exact && !count.running) granted = await this.#settleWith(key, count, quota, requests, context);
      else if (!(await this.#wait(key, count, context))) break;
      if (exact && count.failedUntil !== 0) break;
    }
    const reset = Math.ceil((DAY_MS - (now % DAY_MS)) / 1000);
    const remaining = Math.max(0, quota - count.settled - count.unsettled);
    if (granted !== undefined) return { granted, quota, remaining, reset };
    if (remaining < requests) return { granted: false, quota, remaining, reset };
    this.#add(key, count, requests, lot, context);
    return { granted: true, quota, remaining: remaining - requests, reset };
  }

  /** Takes requests back that were granted and not served. */
  takeBack(key: string, requests: number, context: WaitUntil): void {
    const count = this.#counts.get(key);
    if (count) this.#add(key, count, -requests, Number.POSITIVE_INFINITY, context);
  }

  /** @returns undefined if the Durable Object fails */
  async #settleWith(
    key: string,
    count: Count,
    quota: number,
    requests: number,
    context: WaitUntil,
  ): Promise<boolean | undefined> {
    if (this.#options.now() < count.failedUntil) return undefined;
    let granted: boolean | undefined;
    await this.#wait(key, count, context, async () => {
      await this.#exchange(key, count, requests);
      if (count.failedUntil !== 0) return;
      granted = count.settled + count.unsettled <= quota;
      // With the next settlement.
      if (!granted) this.#add(key, count, -requests, Number.POSITIVE_INFINITY, context);
    });
    return granted;
  }

  #add(key: string, count: Count, requests: number, lot: number, context: WaitUntil): void {
    count.unsettled += requests;
    if (count.unsettled >= lot) context.waitUntil(this.#settle(key, count));
    if (!count.scheduled) {
      count.scheduled = true;
      context.waitUntil(this.#settleLater(key, count));
    }
  }

  async #settleLater(key: string, count: Count): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.#options.settleMs));
    count.scheduled = false;
    // A settlement in progress may not include the latest requests.
    do await this.#settle(key, count);
    while (count.unsettled !== 0 && count.failedUntil === 0);
  }

  /**
   * Waits for the settlement in progress, or a new one. The wait is bounded, because the settlement may belong to a request
   * that has ended.
   *
   * @returns false if it failed, now or just before
   */
  async #wait(key: string, count: Count, context: WaitUntil, exchange?: () => Promise<void>): Promise<boolean> {
    if (this.#options.now() < count.failedUntil) return false;
    const settling = this.#settle(key, count, exchange);
    context.waitUntil(settling);
    if ((await withTimeout(PATIENCE_MS, settling)) === TIMED_OUT) {
      count.running = undefined;
      this.#fail(count, new Error(`The request count was not settled within ${PATIENCE_MS / 1000} s.`));
    }
    return count.failedUntil === 0;
  }

  #settle(key: string, count: Count, exchange = () => this.#exchange(key, count, 0)): Promise<void> {
    count.running ??= exchange();
    return count.running;
  }

  /** @param further requests that are not in `unsettled` */
  async #exchange(key: string, count: Count, further: number): Promise<void> {
    const requests = count.unsettled;
    try {
      count.settled = await this.#options.settle(key, count.day, requests + further);
      count.unsettled -= requests;
      count.known = true;
      count.failedUntil = 0;
    } catch (error) {
      this.#fail(count, error);
    }
    count.running = undefined;
  }

  #fail(count: Count, error: unknown): void {
    count.failedUntil = this.#options.now() + BACKOFF_MS;
    this.#options.report('quota', error);
  }

  #countOf(key: string, day: string): Count {
    const existing = this.#counts.get(key);
    if (existing?.day === day) return existing;
    this.#counts.delete(key);
    const count = { day, settled: 0, unsettled: 0, known: false, running: undefined, failedUntil: 0, scheduled: false };
    this.#counts.set(key, count);
    if (this.#counts.size > MAX_KEYS) this.#counts.delete(this.#counts.keys().next().value!);
    return count;
  }
}
