/** Images take turns, and the newest one wins: it aborts the one before, whose answer is never shown. */

export interface Turn {
  readonly signal: AbortSignal;
  /** Whether nothing newer has begun. */
  readonly isCurrent: () => boolean;
}

export class Turns {
  #controller: AbortController | undefined;

  begin(): Turn {
    this.end();
    const controller = new AbortController();
    this.#controller = controller;
    return { signal: controller.signal, isCurrent: () => this.#controller === controller };
  }

  /** Ends the current turn, if there is one, without another. */
  end(): void {
    this.#controller?.abort();
    this.#controller = undefined;
  }
}
