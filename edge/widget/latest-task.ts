/** Only the newest image counts: starting it aborts the one before, whose answer is never shown. */

export interface Task {
  readonly signal: AbortSignal;
  /** Whether no newer task has started and this one was not stopped. */
  readonly isCurrent: () => boolean;
}

export class LatestTask {
  #controller: AbortController | undefined;

  start(): Task {
    this.stop();
    const controller = new AbortController();
    this.#controller = controller;
    return { signal: controller.signal, isCurrent: () => this.#controller === controller };
  }

  /** Aborts the current task, if there is one. */
  stop(): void {
    this.#controller?.abort();
    this.#controller = undefined;
  }
}
