/** Counts down the seconds of `Retry-After` and updates the host every second. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

export class RetryCountdown implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  /** On the clock of performance.now(). */
  #until = 0;
  #interval: ReturnType<typeof setInterval> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** Seconds left; 0 if a retry is possible now. */
  get seconds(): number {
    return Math.max(0, (this.#until - performance.now()) / 1000);
  }

  start(seconds: number): void {
    this.stop();
    this.#until = performance.now() + seconds * 1000;
    this.#interval = setInterval(() => {
      if (this.seconds === 0) this.stop();
      this.#host.requestUpdate();
    }, 1000);
  }

  stop(): void {
    clearInterval(this.#interval);
    this.#until = 0;
  }

  hostDisconnected(): void {
    this.stop();
  }
}
