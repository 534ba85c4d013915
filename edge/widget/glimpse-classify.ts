/**
 * `<glimpse-classify>`: a box that says what is on an image. docs/widget.md lists its attributes, events, parts and
 * custom properties. What it shows is in view.ts; here is what it does.
 */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import { type PropertyDeclarations, unsafeCSS } from 'lit';
import { Camera, photoOf } from './camera.ts';
import { CorrectionForm } from './correction-form.ts';
import { Endpoint } from './endpoint.ts';
import { tell } from './events.ts';
import { cameraFailure, type Failure, failureOf, ownFailure } from './failure.ts';
import { FormField } from './form-field.ts';
import styles from './glimpse-classify.css';
import { carriesFiles, imagesIn } from './images.ts';
import { keepFocus } from './keep-focus.ts';
import { languageAround } from './language-around.ts';
import { listenForPaste, preferForPaste, stopListeningForPaste } from './paste.ts';
import { clearPreview, drawPreview } from './preview.ts';
import { isReachable, watchPolicy } from './reachable.ts';
import { type Language, languageOf, type OwnTexts, ownTextsOf } from './texts/language.ts';
import { answerInWords, failureInWords } from './texts/sentences.ts';
import { fill } from './texts/texts.ts';
import { Turns } from './turns.ts';
import { view } from './view.ts';
import { Waiting } from './waiting.ts';

/** What view.ts shows, beside the element's attributes. */
interface State {
  phase: 'idle' | 'working' | 'answered' | 'failed';
  image: File | undefined;
  /** Whether the canvas shows the image. */
  hasPreview: boolean;
  answer: ClassifyAnswer | undefined;
  /** Who gave the answer. */
  source: 'edge' | 'device';
  failure: Failure | undefined;
  /** While the camera is on. */
  stream: MediaStream | undefined;
  /** Whether something that could be dropped is over the widget. */
  dropping: boolean;
  /** Whether more than one image was given. */
  onlyFirst: boolean;
  /** For the live region; the number tells the same words said twice apart. */
  said: { readonly text: string; readonly number: number };
}

interface Outcome {
  readonly answer: ClassifyAnswer;
  readonly source: State['source'];
}

const NOTHING = {
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
    key: {},
    topK: { attribute: 'top-k', type: Number },
    mode: {},
    upload: {},
    labels: { converter: ownTextsOf },
    feedback: { type: Boolean },
    capture: {},
  };

  // Accessors that Lit makes: fields would hide them.
  declare endpoint: string;
  declare model: string | undefined;
  declare key: string | undefined;
  declare topK: number | undefined;
  declare mode: 'edge' | 'device';
  declare upload: 'auto' | 'original';
  declare labels: OwnTexts;
  declare feedback: boolean;
  /** Where it is given there is a camera button; `user` asks for the camera on the screen's side. */
  declare capture: string | undefined;

  readonly state: State = {
    ...NOTHING,
    source: 'edge',
    stream: undefined,
    dropping: false,
    onlyFirst: false,
    said: { text: '', number: 0 },
  };
  readonly correction = new CorrectionForm(this);
  readonly waiting = new Waiting(this);
  readonly #turns = new Turns();
  readonly #camera = new Camera();
  #connected: { readonly to: string; readonly endpoint: Endpoint } | undefined;

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
    // biome-ignore lint/complexity/noThisInStatic: the getter gives those of the class that it is asked of
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
    // One that is only moved to another place of the page is back by then, and goes on.
    queueMicrotask(() => {
      if (!this.isConnected) this.#stop();
    });
  }

  protected override render(): unknown {
    return view(this);
  }

  // ── For the page ──

  /** The label of the best class, or nothing. What a form sends under `name`. */
  get value(): string {
    return this.result?.predictions[0]?.label ?? '';
  }

  /** The whole answer that is shown, if one is. */
  get result(): ClassifyAnswer | undefined {
    return this.state.phase === 'answered' ? this.state.answer : undefined;
  }

  /** Classifies an image as if it had been chosen. Resolves when its answer or error is shown, or a newer one begun. */
  async classify(image: Blob): Promise<void> {
    const file = image instanceof File ? image : new File([image], '', { type: image.type });
    const begun = performance.now();
    this.#stop();
    const turn = this.#turns.begin();
    this.#show({ ...NOTHING, phase: 'working', image: file });
    this.say(fill(this.language.texts.working, { name: this.imageName }));
    void this.#preview(file);
    const outcome = (await this.#askDevice(file, turn.signal)) ?? (await this.#askEdge(file, turn.signal));
    if (!turn.isCurrent()) return;
    this.#turns.end();
    if ('kind' in outcome) {
      this.#fail(outcome);
      return;
    }
    const { answer, source } = outcome;
    this.#show({ phase: 'answered', answer, source });
    this.say(answerInWords(answer, this.language));
    const milliseconds = performance.now() - begun;
    tell(this, 'glimpse-result', { answer, source, image: file, milliseconds });
  }

  /** Forgets image and answer. */
  clear(): void {
    this.#stop();
    const canvas = this.renderRoot.querySelector('canvas');
    if (canvas) clearPreview(canvas);
    this.#show({ ...NOTHING, onlyFirst: false });
    this.say('');
  }

  override focus(options?: FocusOptions): void {
    this.#chooseButton?.focus(options);
  }

  // ── For the view, and for the rooms beside it ──

  get language(): Language {
    return languageOf(languageAround(this), this.labels);
  }

  /** Of the image, for people. */
  get imageName(): string {
    return this.state.image?.name || this.language.texts.photo;
  }

  get answer(): ClassifyAnswer | undefined {
    return this.state.answer;
  }

  failureInWords(failure: Failure): { readonly what: string; readonly todo: string } {
    return failureInWords(failure, this.language, { endpoint: this.endpoint, origin: location.origin });
  }

  connect(): Endpoint {
    const to = JSON.stringify([this.endpoint, this.key]);
    if (this.#connected?.to !== to) {
      this.#connected = { to, endpoint: new Endpoint(new URL(this.endpoint, document.baseURI).href, this.key) };
    }
    return this.#connected.endpoint;
  }

  /** Into the live region. */
  say(text: string): void {
    this.#show({ said: { text, number: this.state.said.number + 1 } });
  }

  /** Takes the first image of what was chosen, dropped or pasted. */
  take(files: Iterable<File>): void {
    if (this.isDisabled) return;
    const [first, ...others] = imagesIn(files);
    this.#show({ onlyFirst: others.length > 0 });
    if (first) void this.classify(first);
    else {
      this.clear();
      this.#fail(ownFailure('notAImage', 'image-none'));
    }
  }

  /** @returns whether there was an image to take */
  pasted(files: Iterable<File>): boolean {
    const taken = !this.isDisabled && imagesIn(files).length > 0;
    if (taken) this.take(files);
    return taken;
  }

  chosen(input: HTMLInputElement): void {
    const files = [...(input.files ?? [])];
    // Otherwise the same file chosen once more would be no change, and nothing would happen.
    input.value = '';
    if (files.length > 0) this.take(files);
  }

  retry(): void {
    if (this.state.image) void this.classify(this.state.image);
  }

  cancel(): void {
    this.#stop();
    this.say(this.language.texts.canceled);
  }

  dragOver(event: DragEvent): void {
    if (this.isDisabled || !carriesFiles(event.dataTransfer)) return;
    event.preventDefault();
    this.#show({ dropping: true });
  }

  dragLeave(event: DragEvent): void {
    const within = (event.currentTarget as Element).contains(event.relatedTarget as Node | null);
    if (!within) this.#show({ dropping: false });
  }

  drop(event: DragEvent): void {
    this.#show({ dropping: false });
    if (this.isDisabled || !carriesFiles(event.dataTransfer)) return;
    event.preventDefault();
    preferForPaste(this);
    this.take(event.dataTransfer!.files);
  }

  async openCamera(): Promise<void> {
    this.#stop();
    if (!navigator.mediaDevices) {
      this.#fail(ownFailure('cameraUnsafe', 'camera-unsafe'));
      return;
    }
    try {
      const stream = await this.#camera.open(this.capture === 'user' ? 'user' : 'environment');
      if (stream) this.#show({ stream, ...(this.state.phase === 'failed' ? NOTHING : {}) });
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
    const photo = video ? await photoOf(video) : undefined;
    // It may have been closed meanwhile.
    if (photo && this.state.stream) {
      this.#show({ onlyFirst: false });
      await this.classify(photo);
    }
  }

  // ── Inside ──

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

  /** Ends whatever goes on: a call, the camera, a countdown. */
  #stop(): void {
    this.#turns.end();
    this.closeCamera();
    this.waiting.stop();
    this.correction.close();
    if (this.state.phase === 'working') this.#show({ phase: 'idle' });
  }

  #fail(failure: Failure): void {
    if (failure.retryAfter !== undefined) this.waiting.start(failure.retryAfter);
    this.#show({ phase: 'failed', failure });
    const { what, todo } = this.failureInWords(failure);
    const message = `${what} ${todo}`;
    this.say(message);
    const { code, retryAfter, cause } = failure;
    tell(this, 'glimpse-error', { code, message, retryAfter, cause });
  }

  /** @returns undefined where the edge is to answer */
  async #askDevice(image: File, signal: AbortSignal): Promise<Outcome | undefined> {
    if (this.mode !== 'device' || !URL.canParse(this.endpoint, document.baseURI)) return undefined;
    try {
      const { topK, model, upload } = this;
      const device = await this.connect().device();
      return { answer: await device.classify(image, { signal, topK, model, upload }), source: 'device' };
    } catch (thrown) {
      if (!signal.aborted) {
        tell(this, 'glimpse-fallback', {
          code: 'device-unavailable',
          reason: String((thrown as Error)?.message ?? thrown),
        });
      }
      return undefined;
    }
  }

  async #askEdge(image: File, signal: AbortSignal): Promise<Outcome | Failure> {
    const { topK, model, upload, endpoint } = this;
    if (!URL.canParse(endpoint, document.baseURI)) return ownFailure('unreachable', 'endpoint-invalid');
    const address = new URL(endpoint, document.baseURI).href;
    const policy = watchPolicy(address);
    try {
      return { answer: await this.connect().classify(image, { signal, topK, model, upload }), source: 'edge' };
    } catch (thrown) {
      const reachable = async () => !signal.aborted && (await isReachable(address));
      return await failureOf(thrown, { online: navigator.onLine, blocked: policy.blocked, reachable });
    } finally {
      policy.stop();
    }
  }

  async #preview(image: File): Promise<void> {
    await this.updateComplete;
    const canvas = this.renderRoot.querySelector('canvas');
    const isWanted = () => this.isConnected && this.state.image === image;
    if (canvas && (await drawPreview(canvas, image, isWanted))) this.#show({ hasPreview: true });
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
