/** The client: the calls to one endpoint. */
import { RAW_PIXELS_TYPE } from '@glimpse/shared/api/raw-pixels';
import type { Classification, ModelDescription, ModelList, ProblemDocument } from './answers.ts';
import { base64Of } from './base64.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { AnswerError, BadRequestError, type GlimpseError, problemError } from './errors.ts';
import { type Drawable, type Image, type Opened, openImage } from './image.ts';
import type { ReleaseSelector, Releases } from './resize/releases.ts';

export interface ClassifyOptions extends ReleaseSelector {
  /** Number of classes to return; default 5, or all if there are fewer. */
  readonly topK?: number | undefined;
  /** Omits classes with a lower score, 0 to 1. The list may be empty. */
  readonly threshold?: number | undefined;
  /**
   * `auto`: a browser resizes a large image to the model's input and sends a few kilobytes; what it cannot decode is
   * sent as it is. `original`: the file, unchanged.
   */
  readonly upload?: 'auto' | 'original' | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FeedbackOptions {
  /** The owner of the image allows it to be stored and used for training. Without consent, the image is not sent. */
  readonly consent?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The result for one image of a batch. */
export type BatchResult =
  | { readonly answer: Classification; readonly error?: never }
  | { readonly error: GlimpseError; readonly answer?: never };

/** The form in which an image is sent. */
type Sendable = Blob | Uint8Array<ArrayBuffer>;

/** Bytes. Resizing a smaller file saves too little. */
const MIN_RESIZED_FILE = 8 * 1024;

/**
 * @example
 * const glimpse = new Glimpse({ endpoint: 'https://glimpse.example.com', key: 'glp_…' });
 * const { predictions } = await glimpse.classify(file);
 */
export class Glimpse {
  readonly #connection: Connection;
  #releases: Releases | undefined;
  /** What was sent for an answer, for feedback with consent; garbage-collected with the answer. */
  readonly #sent = new WeakMap<Classification, Sendable>();

  /** @throws {BadRequestError} `endpoint-invalid`, `option-invalid` */
  constructor(options: ConnectionOptions) {
    this.#connection = new Connection(options);
  }

  /**
   * The classes of one image, most probable first.
   *
   * @throws {GlimpseError} whose subclass says what to do
   * @throws the signal's reason, if it aborts
   */
  async classify(image: Image, options: ClassifyOptions = {}): Promise<Classification> {
    const opened = await openImage(image, this.#connection.fetch, options.signal);
    if (opened.kind === 'address') return this.#classifyJson({ url: opened.url }, options);
    if (opened.kind === 'native') {
      const form = new FormData();
      // The form in which React Native accepts a file.
      form.append('image', nativePart(opened.native) as unknown as Blob);
      return this.#classifyBody({ body: form }, options);
    }
    const source = resizable(opened, options);
    if (source) {
      const { classifyResized } = await loadResizer();
      const answer = await classifyResized(await this.#knownReleases(), options, source, (pixels) =>
        this.#classifyBody({ body: pixels, headers: { 'Content-Type': RAW_PIXELS_TYPE } }, options, pixels),
      );
      if (answer) return answer;
    }
    return this.#classifyFile(await originalOf(opened), options);
  }

  /**
   * Up to 32 images in one request. Each has its own answer or its own error, in the order of the images.
   *
   * @throws {GlimpseError} if the request as a whole fails
   */
  async classifyBatch(images: readonly Image[], options: ClassifyOptions = {}): Promise<BatchResult[]> {
    const form = new FormData();
    const sent: (Sendable | undefined)[] = [];
    let resized = false;
    for (const [index, image] of images.entries()) {
      const opened = await openImage(image, this.#connection.fetch, options.signal);
      if (opened.kind === 'address') {
        throw new BadRequestError('image-invalid', 'A batch cannot contain { url } images.');
      }
      if (opened.kind === 'native') {
        form.append('image', nativePart(opened.native) as unknown as Blob);
        sent.push(undefined);
        continue;
      }
      const source = resizable(opened, options);
      const small = source && (await (await loadResizer()).resizedFile(await this.#knownReleases(), options, source));
      resized ||= small !== undefined;
      const file = small ?? (await originalOf(opened));
      form.append('image', file instanceof Uint8Array ? new Blob([file]) : file, `image-${index}`);
      sent.push(file);
    }
    const { signal } = options;
    const path = `/v1/classify/batch${queryOf(options)}`;
    const document = withMember('results', await this.#connection.call({ method: 'POST', path, body: form, signal }));
    const results = (document.results as { answer?: unknown; problem?: ProblemDocument }[]).map(
      ({ answer, problem }, index) =>
        problem
          ? { error: problemError(problem, { status: problem.status }) }
          : { answer: this.#remember(answer, sent[index]) },
    );
    const answers = results.flatMap(({ answer }) => answer ?? []);
    // A newer release with another input may have answered.
    return resized && !(await (await loadResizer()).allMatch(await this.#knownReleases(), answers, options))
      ? this.classifyBatch(images, { ...options, upload: 'original' })
      : results;
  }

  /** The models of the endpoint, and which of them is the default. */
  async models(options: { readonly signal?: AbortSignal } = {}): Promise<ModelList> {
    return (await this.#get('/v1/models', 'models', options)) as unknown as ModelList;
  }

  /** The labels, input and accuracy of a model. @throws {NotFoundError} `model-unknown` */
  async model(name: string, options: { readonly signal?: AbortSignal } = {}): Promise<ModelDescription> {
    return (await this.#get(
      `/v1/models/${encodeURIComponent(name)}`,
      'channels',
      options,
    )) as unknown as ModelDescription;
  }

  /**
   * Reports what an image really shows. With consent, the image is included as it was sent for the answer; this requires
   * the answer object itself, from this client.
   *
   * @param answer the answer, or its id
   * @returns the id under which the feedback is stored
   */
  async feedback(answer: Classification | string, label: string, options: FeedbackOptions = {}): Promise<string> {
    const { consent = false, signal } = options;
    const id = typeof answer === 'string' ? answer : answer.id;
    const sent = consent && typeof answer !== 'string' ? this.#sent.get(answer) : undefined;
    const document = { id, label, ...(sent ? { image: await base64Of(sent), consent: true } : {}) };
    const kept = await this.#connection.call({ ...jsonCall('/v1/feedback', document), signal });
    return withMember('id', kept).id as string;
  }

  /** Deletes the feedback for an answer, and its image. @param answer the answer, or its id */
  async deleteFeedback(
    answer: Classification | string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const id = typeof answer === 'string' ? answer : answer.id;
    await this.#connection.call({ method: 'DELETE', path: `/v1/feedback/${encodeURIComponent(id)}`, ...options });
  }

  async #get(path: string, member: string, options: { readonly signal?: AbortSignal }) {
    return withMember(member, await this.#connection.call({ method: 'GET', path, ...options }));
  }

  #classifyJson(document: object, options: ClassifyOptions): Promise<Classification> {
    const { body, headers } = jsonCall('', document);
    return this.#classifyBody({ body, headers }, options);
  }

  #classifyFile(file: Sendable, options: ClassifyOptions): Promise<Classification> {
    // The endpoint detects the format from the bytes. A type such as multipart/form-data would make it parse the body.
    const type = file instanceof Uint8Array ? '' : file.type;
    const headers = { 'Content-Type': type.startsWith('image/') ? type : 'application/octet-stream' };
    return this.#classifyBody({ body: file, headers }, options, file);
  }

  async #classifyBody(
    what: { readonly body: BodyInit; readonly headers?: Readonly<Record<string, string>> },
    options: ClassifyOptions,
    sent?: Sendable,
  ): Promise<Classification> {
    const path = `/v1/classify${queryOf(options)}`;
    const { signal } = options;
    return this.#remember(await this.#connection.call({ method: 'POST', path, ...what, signal }), sent);
  }

  #remember(answer: unknown, sent: Sendable | undefined): Classification {
    const classification = withMember('predictions', answer) as unknown as Classification;
    if (sent) this.#sent.set(classification, sent);
    return classification;
  }

  async #knownReleases(): Promise<Releases> {
    const { Releases } = await loadResizer();
    this.#releases ??= new Releases((path) => this.#connection.call({ method: 'GET', path }));
    return this.#releases;
  }
}

const loadResizer = () => import('./resize/index.ts');

/** The image, if this environment can resize it and that saves bytes. */
function resizable(opened: Opened, { upload }: ClassifyOptions): Blob | Drawable | undefined {
  if (upload === 'original') return undefined;
  if (opened.kind === 'drawable') return opened.drawable;
  if (opened.kind !== 'file' || typeof createImageBitmap !== 'function') return undefined;
  const file = opened.file instanceof Uint8Array ? new Blob([opened.file]) : opened.file;
  return file.size > MIN_RESIZED_FILE ? file : undefined;
}

/** @throws {BadRequestError} `image-unreadable` */
async function originalOf(opened: Opened): Promise<Sendable> {
  if (opened.kind === 'file') return opened.file;
  const file = opened.kind === 'drawable' && (await (await loadResizer()).pngOfDrawable(opened.drawable));
  if (file) return file;
  throw new BadRequestError(
    'image-unreadable',
    'The image has not loaded yet, or is from another origin without CORS.',
  );
}

function nativePart({ uri, name, type }: { uri: string; name?: string | null; type?: string | null }) {
  return { uri, name: name ?? 'image', type: type ?? 'application/octet-stream' };
}

function jsonCall(path: string, document: object) {
  const headers = { 'Content-Type': 'application/json' };
  return { method: 'POST', path, headers, body: JSON.stringify(document) } as const;
}

/** Unknown options are sent too: the endpoint refuses them and names the nearest known one. */
function queryOf({ topK, upload: _, signal: __, ...others }: ClassifyOptions): string {
  const given = Object.entries({ top_k: topK, ...others }).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? ''
    : `?${given.map(([name, value]) => `${name}=${encodeURIComponent(value!)}`).join('&')}`;
}

/** @throws {AnswerError} if the answer lacks the member */
function withMember(member: string, answer: unknown): Record<string, unknown> {
  const document = (answer ?? {}) as Record<string, unknown>;
  if (document[member] !== undefined) return document;
  throw new AnswerError('answer-invalid', `The answer has no ${member}. Is it a Glimpse endpoint?`);
}
