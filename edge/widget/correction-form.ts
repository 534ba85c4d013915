/** "Yes, right" and "Is this wrong?": sends the correct label, and the image only if the user ticks its box. */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Endpoint } from './endpoint.ts';

interface Host extends ReactiveControllerHost {
  readonly answer: ClassifyAnswer | undefined;
  readonly renderRoot: ParentNode;
  connect(): Endpoint;
  announce(text: string): void;
  readonly language: { readonly texts: { readonly correctSent: string; readonly correctFailed: string } };
}

export class CorrectionForm implements ReactiveController {
  isOpen = false;
  state: 'unsent' | 'sending' | 'sent' | 'failed' = 'unsent';
  labels: readonly string[] = [];
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {}

  /** Also when the image changes. */
  close(): void {
    this.isOpen = false;
    this.#show('unsent');
  }

  /** Offers the labels of the answer, then all other labels of the model once they are loaded. None is selected. */
  async open(): Promise<void> {
    const { answer } = this.#host;
    if (!answer) return;
    const predicted = answer.predictions.map(({ label }) => label);
    this.labels = predicted;
    this.isOpen = true;
    this.#show('unsent');
    void this.#host.updateComplete.then(() => this.#host.renderRoot.querySelector('select')?.focus());
    const all = await this.#host
      .connect()
      .labels(answer.model.name)
      .catch(() => []);
    if (this.#host.answer !== answer) return;
    this.labels = [...predicted, ...all.filter((label) => !predicted.includes(label))];
    this.#host.requestUpdate();
  }

  /** "Yes, right": sends the predicted label. */
  confirm(): void {
    void this.send(this.#host.answer!.predictions[0]!.label, false);
  }

  async send(label: string, consent: boolean): Promise<void> {
    const { answer } = this.#host;
    if (!answer || this.state === 'sending') return;
    this.#show('sending');
    const state = await this.#host
      .connect()
      .sendFeedback(answer.id, label, consent)
      .then(
        () => 'sent' as const,
        () => 'failed' as const,
      );
    if (this.#host.answer !== answer) return;
    this.#show(state);
    const { correctSent, correctFailed } = this.#host.language.texts;
    this.#host.announce(state === 'sent' ? correctSent : correctFailed);
  }

  #show(state: typeof this.state): void {
    this.state = state;
    this.#host.requestUpdate();
  }
}
