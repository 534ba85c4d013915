/**
 * Runs one decode at a time: each takes tens of megabytes, and an isolate has 128 MB for all its requests. Work in the queue
 * only computes; waiting for the network (a body, the store) must happen before.
 *
 * The runtime may end a request whose client has disconnected, together with the code that would release its turn. So turns
 * expire: a turn that is not taken, or not released in time, goes to the next request.
 */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { withTimeout } from '../body/deadline.ts';

export interface QueueOptions {
  /** Maximum number of waiting requests; further ones are refused. */
  readonly maxWaiting: number;
  /** How long a request may wait before it is refused. */
  readonly patienceMs?: number;
  /** Maximum duration of a turn. The largest allowed image takes about a second. */
  readonly leaseMs?: number;
  /** Within this time a request must take its turn. */
  readonly claimMs?: number;
}

/** Number of brief turns in a row without a pause. */
const MAX_BRIEF = 4;

interface Turn {
  /** Wakes the waiting request. */
  wake: () => void;
  readonly joinedAt: number;
  /** When the turn expires; meaningless before it begins. */
  expiresAt: number;
}

export class WorkQueue {
  readonly #options: Required<QueueOptions>;
  #current: Turn | undefined;
  #line: Turn[] = [];
  #briefInARow = 0;

  constructor(options: QueueOptions) {
    this.#options = { patienceMs: 20_000, leaseMs: 15_000, claimMs: 1_000, ...options };
  }

  get waiting(): number {
    return this.#line.length;
  }

  /**
   * @param signal if aborted, the request leaves the queue; work that has begun goes on
   * @param brief whether the work takes at most a millisecond or two, regardless of the input; several run without a pause
   * @throws {Problem} busy, if the queue is full or the wait too long; the signal's reason
   */
  async run<T>(work: () => Promise<T> | T, signal?: AbortSignal, brief = false): Promise<T> {
    const turn = await this.#join(signal);
    try {
      // Lets requests that arrived during the last turn join the queue or be refused. Otherwise they would pile up unread and
      // uncounted. The pause takes about a tenth of the time of a brief turn.
      if (!brief || ++this.#briefInARow > MAX_BRIEF) {
        this.#briefInARow = 0;
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      signal?.throwIfAborted();
      return await work();
    } finally {
      if (this.#current === turn) this.#next();
    }
  }

  async #join(signal?: AbortSignal): Promise<Turn> {
    const now = Date.now();
    const turn: Turn = { wake() {}, joinedAt: now, expiresAt: 0 };
    // No request waits longer than its patience, so older turns belong to requests that have ended.
    this.#line = this.#line.filter(({ joinedAt }) => now - joinedAt <= this.#options.patienceMs * 2);
    if (this.#line.length >= this.#options.maxWaiting && !this.#isFree()) {
      throw busy(`${this.#line.length} images are already waiting`);
    }
    this.#line.push(turn);
    const wake = () => turn.wake();
    signal?.addEventListener('abort', wake);
    try {
      for (;;) {
        if (this.#isFree()) this.#next();
        if (this.#current === turn) break;
        signal?.throwIfAborted();
        // Its turn expired while the isolate was busy, so it goes next.
        if (!this.#line.includes(turn)) this.#line.unshift(turn);
        const left = turn.joinedAt + this.#options.patienceMs - Date.now();
        if (left <= 0) throw busy(`The image waited for ${this.#options.patienceMs / 1000} s`);
        const woken = new Promise<void>((resolve) => {
          turn.wake = resolve;
        });
        await withTimeout(Math.min(left, this.#options.claimMs), woken);
      }
    } finally {
      signal?.removeEventListener('abort', wake);
      this.#line = this.#line.filter((other) => other !== turn);
    }
    turn.expiresAt = Date.now() + this.#options.leaseMs;
    return turn;
  }

  #isFree(): boolean {
    return this.#current === undefined || Date.now() > this.#current.expiresAt;
  }

  #next(): void {
    this.#current = this.#line.shift();
    if (!this.#current) return;
    this.#current.expiresAt = Date.now() + this.#options.claimMs;
    this.#current.wake();
  }
}

function busy(why: string): Problem {
  return new Problem('busy', `${why}; try again in ${RETRY_AFTER_SECONDS} s.`, { retryAfter: RETRY_AFTER_SECONDS });
}
