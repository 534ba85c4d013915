/** "Is this wrong?": sends the correct label, and the image only if the user ticks its box. */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Endpoint } from './endpoint.ts';

type State = 'closed' | 'open' | 'sending' | 'sent' | 'failed';

interface Host extends ReactiveControllerHost {
  readonly answer: ClassifyAnswer | undefined;
  connect(): Endpoint;
  announce(text: string): void;
  readonly language: { readonly texts: { readonly correctSent: string; readonly correctFailed: string } };
}

export class CorrectionForm implements ReactiveController {
  state: State = 'closed';
  labels: readonly string[] = [];
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {}

  /** When the image changes. */
  close(): void {
    this.#show('closed');
  }

  /** Offers the labels of the answer, then all other labels of the model once they are loaded. */
  async open(): Promise<void> {
    const { answer } = this.#host;
    if (!answer) return;
    const predicted = answer.predictions.map(({ label }) => label);
    this.labels = predicted;
    this.#show('open');
    const all = await this.#host
      .connect()
      .labels(answer.model.name)
      .catch(() => []);
    if (this.#host.answer !== answer) return;
    this.labels = [...predicted, ...all.filter((label) => !predicted.includes(label))];
    this.#host.requestUpdate();
  }

  async send(label: string, consent: boolean): Promise<void> {
    const { answer } = this.#host;
    if (!answer || this.state === 'sending') return;
    this.#show('sending');
    const state: State = await this.#host
      .connect()
      .sendFeedback(answer.id, label, consent)
      .then(
        () => 'sent',
        () => 'failed',
      );
    if (this.#host.answer !== answer) return;
    this.#show(state);
    const { correctSent, correctFailed } = this.#host.language.texts;
    this.#host.announce(state === 'sent' ? correctSent : correctFailed);
  }

  #show(state: State): void {
    this.state = state;
    this.#host.requestUpdate();
  }
}
