/**
 * `<glimpse-classify>`: classifies an image that the user chooses, drops, pastes or photographs. docs/widget.md lists its
 * attributes, events, parts and custom properties. This file has its behavior, view.ts its HTML.
 */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import { type PropertyDeclarations, unsafeCSS } from 'lit';
import { Camera, takePhoto } from './camera.ts';
import { CorrectionForm } from './correction-form.ts';
import { containsFiles, imagesIn, listenForPaste, preferForPaste, stopListeningForPaste } from './drop-and-paste.ts';
import { Endpoint } from './endpoint.ts';
import { dispatch } from './events.ts';
import { cameraFailure, classifyFailure, type Failure, isReachable, localFailure, watchPolicy } from './failure.ts';
import { FormField } from './form-field.ts';
import styles from './glimpse-classify.css';
import { keepFocus } from './keep-focus.ts';
import { LatestTask } from './latest-task.ts';
import { clearPreview, drawPreview } from './preview.ts';
import { RetryCountdown } from './retry-countdown.ts';
import { answerText, failureText, fill } from './texts/format.ts';
import { inheritedLanguage, type Language, languageOf, type OwnTexts, parseOwnTexts } from './texts/language.ts';
import { view } from './view.ts';

/** What view.ts shows, in addition to the attributes. */
interface State {
  phase: 'idle' | 'working' | 'answered' | 'failed';
  image: File | undefined;
  /** Whether the canvas shows the image. */
  hasPreview: boolean;
  answer: ClassifyAnswer | undefined;
  /** Where the answer was computed. */
  source: 'edge' | 'device';
  failure: Failure | undefined;
  /** Set while the camera is on. */
  stream: MediaStream | undefined;
  /** Whether files are being dragged over the widget. */
  dropping: boolean;
  /** Whether several images were given and only the first was used. */
  onlyFirst: boolean;
  /** For the live region. The number makes screen readers repeat a text that stays the same. */
  announcement: { readonly text: string; readonly number: number };
}

interface Outcome {
  readonly answer: ClassifyAnswer;
  readonly source: State['source'];
}

const IDLE = {
  phase: 'idle',
  image: undefined,
  hasPreview: false,
  answer: undefined,
  failure: undefined,
} as const;

export class GlimpseClassify extends FormField {
  static override readonly styles = unsafeCSS(styles);
  static override readonly properties: PropertyDeclarations = {
    endpoint: {},
    model: {},
    apiKey: { attribute: 'api-key' },
    key: {},
    topK: { attribute: 'top-k', type: Number },
    mode: {},
    upload: {},
    labels: { converter: parseOwnTexts },
    feedback: { type: Boolean },
    capture: {},
  };

  // Lit defines accessors for these; class fields would hide them.
  declare endpoint: string;
  declare model: string | undefined;
  declare apiKey: string | undefined;
  /** The same as `apiKey`, for plain HTML: React, Preact and Vue keep an attribute `key` for themselves. */
  declare key: string | undefined;
  declare topK: number | undefined;
  declare mode: 'edge' | 'device';
  declare upload: 'auto' | 'original';
  declare labels: OwnTexts;
  declare feedback: boolean;
  /** Shows a camera button if set; `user` selects the front camera. */
  declare capture: string | undefined;

  readonly state: State = {
    ...IDLE,
    source: 'edge',
    stream: undefined,
    dropping: false,
    onlyFirst: false,
    announcement: { text: '', number: 0 },
  };
  readonly correction = new CorrectionForm(this);
  readonly countdown = new RetryCountdown(this);
  readonly #latest = new LatestTask();
  readonly #camera = new Camera();
  #connection: { readonly id: string; readonly endpoint: Endpoint } | undefined;

  constructor() {
    super();
    this.endpoint = new URL(import.meta.url).origin;
    this.mode = 'edge';
    this.upload = 'auto';
    this.labels = {};
    this.feedback = false;
    keepFocus(this, '#choose');
    this.addEventListener('paste', (event) => this.#paste(event));
    this.addEventListener('keydown', (event) => this.#keydown(event));
    for (const type of ['focusin', 'pointerdown']) this.addEventListener(type, () => preferForPaste(this));
  }

  static override get observedAttributes(): string[] {
    // biome-ignore lint/complexity/noThisInStatic: `super` must see the subclass
    return [...super.observedAttributes, 'lang'];
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value);
    if (name === 'lang') this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    listenForPaste(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    stopListeningForPaste(this);
    // An element that is only moved within the page is connected again by then.
    queueMicrotask(() => {
      if (!this.isConnected) this.#stop();
    });
  }

  protected override render(): unknown {
    return view(this);
  }

  // ── Public API ──

  /** The label of the best class, or an empty string. A form submits it under `name`. */
  get value(): string {
    return this.result?.predictions[0]?.label ?? '';
  }

  /** The answer that is shown, if any. */
  get result(): ClassifyAnswer | undefined {
    return this.state.phase === 'answered' ? this.state.answer : undefined;
  }

  /** Classifies an image as if the user had chosen it. Resolves when the answer or error is shown, or a newer image started. */
  async classify(image: Blob): Promise<void> {
    const file = image instanceof File ? image : new File([image], '', { type: image.type });
    const started = performance.now();
    this.#stop();
    const task = this.#latest.start();
    this.#show({ ...IDLE, phase: 'working', image: file });
    this.announce(fill(this.language.texts.working, { name: this.imageName }));
    void this.#preview(file);
    const outcome = (await this.#askDevice(file, task.signal)) ?? (await this.#askEdge(file, task.signal));
    if (!task.isCurrent()) return;
    this.#latest.stop();
    if ('kind' in outcome) {
      this.#fail(outcome);
      return;
    }
    const { answer, source } = outcome;
    this.#show({ phase: 'answered', answer, source });
    this.announce(answerText(answer, this.language));
    const milliseconds = performance.now() - started;
    dispatch(this, 'glimpse-result', { answer, source, image: file, milliseconds });
  }

  /** Removes the image and its answer. */
  clear(): void {
    this.#stop();
    const canvas = this.renderRoot.querySelector('canvas');
    if (canvas) clearPreview(canvas);
    this.#show({ ...IDLE, onlyFirst: false });
    this.announce('');
  }

  override focus(options?: FocusOptions): void {
    this.#chooseButton?.focus(options);
  }

  // ── For the other modules of the widget ──

  get language(): Language {
    return languageOf(inheritedLanguage(this), this.labels);
  }

  /** The name of the image, as shown to the user. */
  get imageName(): string {
    return this.state.image?.name || this.language.texts.photo;
  }

  get answer(): ClassifyAnswer | undefined {
    return this.state.answer;
  }

  failureText(failure: Failure): { readonly what: string; readonly todo: string } {
    return failureText(failure, this.language, { endpoint: this.endpoint, origin: location.origin });
  }

  connect(): Endpoint {
    const { endpoint } = this;
    // React sets a property that it does not find yet as an attribute of that name in lower case.
    const apiKey = this.apiKey || this.getAttribute('apikey') || this.key;
    const id = JSON.stringify([endpoint, apiKey]);
    if (this.#connection?.id !== id) {
      this.#connection = { id, endpoint: new Endpoint(new URL(endpoint, document.baseURI).href, apiKey) };
    }
    return this.#connection.endpoint;
  }

  /** Announces a text to screen readers, through the live region. */
  announce(text: string): void {
    this.#show({ announcement: { text, number: this.state.announcement.number + 1 } });
  }

  /** Classifies the first image of the files that were chosen, dropped or pasted. */
  take(files: Iterable<File>): void {
    if (this.isDisabled) return;
    const [first, ...others] = imagesIn(files);
    this.#show({ onlyFirst: others.length > 0 });
    if (first) void this.classify(first);
    else {
      this.clear();
      this.#fail(localFailure('notAnImage', 'image-none'));
    }
  }

  /** @returns whether there was an image among them */
  pasted(files: Iterable<File>): boolean {
    const hasImage = !this.isDisabled && imagesIn(files).length > 0;
    if (hasImage) this.take(files);
    return hasImage;
  }

  onFilesChosen(input: HTMLInputElement): void {
    const files = [...(input.files ?? [])];
    // Otherwise choosing the same file again would fire no change event.
    input.value = '';
    if (files.length > 0) this.take(files);
  }

  retry(): void {
    if (this.state.image) void this.classify(this.state.image);
  }

  cancel(): void {
    this.#stop();
    this.announce(this.language.texts.canceled);
  }

  dragOver(event: DragEvent): void {
    if (this.isDisabled || !containsFiles(event.dataTransfer)) return;
    event.preventDefault();
    this.#show({ dropping: true });
  }

  dragLeave(event: DragEvent): void {
    const within = (event.currentTarget as Element).contains(event.relatedTarget as Node | null);
    if (!within) this.#show({ dropping: false });
  }

  drop(event: DragEvent): void {
    this.#show({ dropping: false });
    if (this.isDisabled || !containsFiles(event.dataTransfer)) return;
    event.preventDefault();
    preferForPaste(this);
    this.take(event.dataTransfer!.files);
  }

  async openCamera(): Promise<void> {
    this.#stop();
    if (!navigator.mediaDevices) {
      this.#fail(localFailure('cameraUnsafe', 'camera-unsafe'));
      return;
    }
    try {
      const stream = await this.#camera.open(this.capture === 'user' ? 'user' : 'environment');
      if (stream) this.#show({ stream, ...(this.state.phase === 'failed' ? IDLE : {}) });
    } catch (thrown) {
      this.#fail(cameraFailure(thrown));
    }
  }

  closeCamera(): void {
    this.#camera.close();
    if (this.state.stream) this.#show({ stream: undefined });
  }

  async shoot(): Promise<void> {
    const video = this.renderRoot.querySelector('video');
    const photo = video ? await takePhoto(video) : undefined;
    // The camera may have been closed in the meantime.
    if (photo && this.state.stream) {
      this.#show({ onlyFirst: false });
      await this.classify(photo);
    }
  }

  // ── Internal ──

  protected override get missing() {
    return { message: this.language.texts.required, anchor: this.#chooseButton };
  }

  get #chooseButton(): HTMLElement | undefined {
    return this.renderRoot?.querySelector<HTMLElement>('#choose') ?? undefined;
  }

  #show(change: Partial<State>): void {
    Object.assign(this.state, change);
    this.requestUpdate();
  }

  /** Stops the current call, the camera and the countdown. */
  #stop(): void {
    this.#latest.stop();
    this.closeCamera();
    this.countdown.stop();
    this.correction.close();
    if (this.state.phase === 'working') this.#show({ phase: 'idle' });
  }

  #fail(failure: Failure): void {
    if (failure.retryAfter !== undefined) this.countdown.start(failure.retryAfter);
    this.#show({ phase: 'failed', failure });
    const { what, todo } = this.failureText(failure);
    const message = `${what} ${todo}`;
    this.announce(message);
    const { code, retryAfter, cause } = failure;
    dispatch(this, 'glimpse-error', { code, message, retryAfter, cause });
  }

  /** @returns undefined if the edge has to answer */
  async #askDevice(image: File, signal: AbortSignal): Promise<Outcome | undefined> {
    if (this.mode !== 'device' || !URL.canParse(this.endpoint, document.baseURI)) return undefined;
    try {
      const { topK, model, upload } = this;
      const device = await this.connect().device();
      return { answer: await device.classify(image, { signal, topK, model, upload }), source: 'device' };
    } catch (thrown) {
      if (!signal.aborted) {
        dispatch(this, 'glimpse-fallback', {
          code: 'device-unavailable',
          reason: String((thrown as Error)?.message ?? thrown),
        });
      }
      return undefined;
    }
  }

  async #askEdge(image: File, signal: AbortSignal): Promise<Outcome | Failure> {
    const { topK, model, upload, endpoint } = this;
    if (!URL.canParse(endpoint, document.baseURI)) return localFailure('unreachable', 'endpoint-invalid');
    const address = new URL(endpoint, document.baseURI).href;
    const policy = watchPolicy(address);
    try {
      return { answer: await this.connect().classify(image, { signal, topK, model, upload }), source: 'edge' };
    } catch (thrown) {
      const reachable = async () => !signal.aborted && (await isReachable(address));
      return await classifyFailure(thrown, { online: navigator.onLine, blocked: policy.blocked, reachable });
    } finally {
      policy.stop();
    }
  }

  async #preview(image: File): Promise<void> {
    await this.updateComplete;
    const canvas = this.renderRoot.querySelector('canvas');
    const isCurrent = () => this.isConnected && this.state.image === image;
    if (canvas && (await drawPreview(canvas, image, isCurrent))) this.#show({ hasPreview: true });
  }

  #paste(event: ClipboardEvent): void {
    if (this.pasted(event.clipboardData?.files ?? [])) event.preventDefault();
  }

  #keydown(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    if (this.state.stream) this.closeCamera();
    else if (this.state.phase === 'working') this.cancel();
    else return;
    event.preventDefault();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'glimpse-classify': GlimpseClassify;
  }
}
