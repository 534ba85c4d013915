/** One allowance for the bytes of all bodies that an isolate holds: its 128 MB are shared by every request in it. */

export class ByteBudget {
  readonly total: number;
  #held = 0;

  constructor(total: number) {
    this.total = total;
  }

  get held(): number {
    return this.#held;
  }

  /** A share of nothing yet. Whoever opens one releases it in a `finally`. */
  open(): Share {
    let mine = 0;
    let released = false;
    return {
      take: (bytes) => {
        if (released || this.#held + bytes > this.total) return false;
        this.#held += bytes;
        mine += bytes;
        return true;
      },
      release: () => {
        this.#held -= mine;
        mine = 0;
        released = true;
      },
    };
  }
}

export interface Share {
  /** @returns false, and takes nothing, where that would exceed the budget */
  take(bytes: number): boolean;
  /** May be called again. */
  release(): void;
}
