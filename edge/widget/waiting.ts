/** Counts the seconds down until another try makes sense (`Retry-After`). */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

export class Waiting implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  /** As performance.now() counts. */
  #until = 0;
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** 0 where nothing is to be waited for. */
  get seconds(): number {
    return Math.max(0, (this.#until - performance.now()) / 1000);
  }

  start(seconds: number): void {
    this.stop();
    this.#until = performance.now() + seconds * 1000;
    this.#ticking = setInterval(() => {
      if (this.seconds === 0) this.stop();
      this.#host.requestUpdate();
    }, 1000);
  }

  stop(): void {
    clearInterval(this.#ticking);
    this.#until = 0;
  }

  hostDisconnected(): void {
    this.stop();
  }
}
