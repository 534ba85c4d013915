/** "Is that wrong?": sends the right label, and the image only where its box is ticked. */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Endpoint } from './endpoint.ts';

type State = 'closed' | 'open' | 'sending' | 'sent' | 'failed';

interface Host extends ReactiveControllerHost {
  readonly answer: ClassifyAnswer | undefined;
  connect(): Endpoint;
  say(text: string): void;
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

  /** For a new image. */
  close(): void {
    this.#show('closed');
  }

  /** Offers every label of the model, those of the answer first; only those where the model cannot be asked. */
  async open(): Promise<void> {
    const { answer } = this.#host;
    if (!answer) return;
    const guessed = answer.predictions.map(({ label }) => label);
    this.labels = guessed;
    this.#show('open');
    const all = await this.#host
      .connect()
      .labels(answer.model.name)
      .catch(() => []);
    if (this.#host.answer !== answer) return;
    this.labels = [...guessed, ...all.filter((label) => !guessed.includes(label))];
    this.#host.requestUpdate();
  }

  async send(label: string, consent: boolean): Promise<void> {
    const { answer } = this.#host;
    if (!answer || this.state === 'sending') return;
    this.#show('sending');
    const state: State = await this.#host
      .connect()
      .correct(answer.id, label, consent)
      .then(
        () => 'sent',
        () => 'failed',
      );
    if (this.#host.answer !== answer) return;
    this.#show(state);
    const { correctSent, correctFailed } = this.#host.language.texts;
    this.#host.say(state === 'sent' ? correctSent : correctFailed);
  }

  #show(state: State): void {
    this.state = state;
    this.#host.requestUpdate();
  }
}
