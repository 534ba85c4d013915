/**
 * A limit on the bytes of all bodies that an isolate holds: its requests share 128 MB. No sender gets all of them, and large
 * bodies leave a reserve, so that a few senders cannot keep the others out.
 */

/** A body of at most this size may use the reserve. */
export const SMALL_BODY_BYTES = 1024 * 1024;

export class ByteBudget {
  readonly total: number;
  /** What one sender may hold: one body of the maximum size always fits. */
  readonly #perSender: number;
  /** What bodies that are not small may hold together. */
  readonly #large: number;
  readonly #senders = new Map<string, number>();
  #held = 0;

  /** @param maxBody the maximum size of one body, at most `total` */
  constructor(total: number, maxBody: number) {
    this.total = total;
    this.#perSender = Math.max(maxBody, Math.floor(total / 2));
    this.#large = Math.max(maxBody, total - Math.floor(total / 8));
  }

  get held(): number {
    return this.#held;
  }

  /**
   * An empty share, to be released in a `finally`.
   *
   * @param sender undefined if it is unknown, as in local development
   */
  reserve(sender?: string): Share {
    let taken = 0;
    let released = false;
    return {
      maximum: sender === undefined ? this.#large : Math.min(this.#large, this.#perSender),
      get taken() {
        return taken;
      },
      take: (bytes) => {
        const limit = taken + bytes <= SMALL_BODY_BYTES ? this.total : this.#large;
        if (released || this.#held + bytes > limit) return false;
        if (sender !== undefined && this.#heldBy(sender) + bytes > this.#perSender) return false;
        this.#hold(sender, bytes);
        taken += bytes;
        return true;
      },
      release: () => {
        this.#hold(sender, -taken);
        taken = 0;
        released = true;
      },
    };
  }

  #heldBy(sender: string): number {
    return this.#senders.get(sender) ?? 0;
  }

  #hold(sender: string | undefined, bytes: number): void {
    this.#held += bytes;
    if (sender === undefined) return;
    const held = this.#heldBy(sender) + bytes;
    if (held > 0) this.#senders.set(sender, held);
    else this.#senders.delete(sender);
  }
}

export interface Share {
  readonly taken: number;
  /** What an otherwise empty budget could give it. */
  readonly maximum: number;
  /** @returns false, and takes nothing, if that would exceed the budget */
  take(bytes: number): boolean;
  /** Idempotent. */
  release(): void;
}
