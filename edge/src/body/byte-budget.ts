/** A limit on the bytes of all bodies that an isolate holds: its requests share 128 MB. */

export class ByteBudget {
  readonly total: number;
  #held = 0;

  constructor(total: number) {
    this.total = total;
  }

  get held(): number {
    return this.#held;
  }

  /** An empty share, to be released in a `finally`. */
  reserve(): Share {
    let taken = 0;
    let released = false;
    const { total } = this;
    return {
      maximum: total,
      get taken() {
        return taken;
      },
      take: (bytes) => {
        if (released || this.#held + bytes > this.total) return false;
        this.#held += bytes;
        taken += bytes;
        return true;
      },
      release: () => {
        this.#held -= taken;
        taken = 0;
        released = true;
      },
    };
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
