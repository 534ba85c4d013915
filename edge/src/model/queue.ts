/**
 * One at a time: a decode takes tens of megabytes, and an isolate has 128 for all its requests. Who holds the turn only
 * computes; what waits for the network (a body, the store) comes before.
 *
 * The runtime may end a request whose client has left, together with the code that would hand the turn on. So a turn is
 * only lent: one that is not taken up, or not given back in time, passes on by itself.
 */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { withTimeout } from '../body/deadline.ts';

export interface QueueOptions {
  /** Requests that may wait; a further one is refused. */
  readonly maxWaiting: number;
  /** After so long in the line a request is refused. */
  readonly patienceMs?: number;
  /** The most that a turn may take; an image at the limits takes about a second. */
  readonly leaseMs?: number;
  /** In so long a request has to take up its turn. */
  readonly takeUpMs?: number;
}

/** Brief works that follow each other at once. */
const MAX_BRIEF = 4;

interface Turn {
  /** Wakes the request that waits for it. */
  wake: () => void;
  readonly joinedAt: number;
  /** When the turn passes on; meaningless before it is this one's. */
  until: number;
}

export class WorkQueue {
  readonly #options: Required<QueueOptions>;
  #current: Turn | undefined;
  #line: Turn[] = [];
  #briefInARow = 0;

  constructor(options: QueueOptions) {
    this.#options = { patienceMs: 20_000, leaseMs: 15_000, takeUpMs: 1_000, ...options };
  }

  get waiting(): number {
    return this.#line.length;
  }

  /**
   * @param signal aborted, the request leaves the line; work that has begun goes on
   * @param brief whether the work is one of a millisecond or two, whatever was sent: several go without a pause between
   * @throws {Problem} busy, where the line is full or the wait too long; the signal's reason
   */
  async run<T>(work: () => Promise<T> | T, signal?: AbortSignal, brief = false): Promise<T> {
    const turn = await this.#join(signal);
    try {
      // Whatever arrived while others computed comes in now, and lines up or is refused. Without this it would pile up
      // unread where nobody counts it. The pause itself takes about a tenth of the time of a brief work.
      if (!brief || ++this.#briefInARow > MAX_BRIEF) {
        this.#briefInARow = 0;
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      signal?.throwIfAborted();
      return await work();
    } finally {
      if (this.#current === turn) this.#passOn();
    }
  }

  async #join(signal?: AbortSignal): Promise<Turn> {
    const now = Date.now();
    const turn: Turn = { wake() {}, joinedAt: now, until: 0 };
    // Nobody waits longer than his patience: an older place in the line belongs to a request that has ended.
    this.#line = this.#line.filter(({ joinedAt }) => now - joinedAt <= this.#options.patienceMs * 2);
    if (this.#line.length >= this.#options.maxWaiting && !this.#isFree()) {
      throw busy(`${this.#line.length} images are waiting already`);
    }
    this.#line.push(turn);
    const wake = () => turn.wake();
    signal?.addEventListener('abort', wake);
    try {
      for (;;) {
        if (this.#isFree()) this.#passOn();
        if (this.#current === turn) break;
        signal?.throwIfAborted();
        // Its turn came and passed on while the isolate was busy elsewhere: it is the next.
        if (!this.#line.includes(turn)) this.#line.unshift(turn);
        const left = turn.joinedAt + this.#options.patienceMs - Date.now();
        if (left <= 0) throw busy(`The image has waited for ${this.#options.patienceMs / 1000} s`);
        const woken = new Promise<void>((resolve) => {
          turn.wake = resolve;
        });
        await withTimeout(Math.min(left, this.#options.takeUpMs), woken);
      }
    } finally {
      signal?.removeEventListener('abort', wake);
      this.#line = this.#line.filter((other) => other !== turn);
    }
    turn.until = Date.now() + this.#options.leaseMs;
    return turn;
  }

  #isFree(): boolean {
    return this.#current === undefined || Date.now() > this.#current.until;
  }

  #passOn(): void {
    this.#current = this.#line.shift();
    if (!this.#current) return;
    this.#current.until = Date.now() + this.#options.takeUpMs;
    this.#current.wake();
  }
}

function busy(why: string): Problem {
  return new Problem('busy', `${why}; try again in ${RETRY_AFTER_SECONDS} s.`, { retryAfter: RETRY_AFTER_SECONDS });
}
