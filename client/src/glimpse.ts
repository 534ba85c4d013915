/** The client: one endpoint, one key, and what can be asked of it. */
import { RAW_PIXELS_TYPE } from '@glimpse/shared/api/raw-pixels';
import type { Classification, ModelDescription, ModelList, ProblemDocument } from './answers.ts';
import { base64Of } from './base64.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { AnswerError } from './errors/answer-error.ts';
import { BadRequestError } from './errors/bad-request-error.ts';
import { problemError } from './errors/error-of.ts';
import type { GlimpseError } from './errors/glimpse-error.ts';
import { type Drawable, type Image, type Opened, openImage } from './image.ts';
import type { Releases } from './resize/releases.ts';

export interface ReleaseOptions {
  /** Default: the endpoint's own. */
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly channel?: string | undefined;
}

export interface ClassifyOptions extends ReleaseOptions {
  /** How many classes to name; default 5, or all where there are fewer. */
  readonly topK?: number | undefined;
  /**
   * `auto`: a browser makes a big image as small as the model sees it, and sends a few kilobytes; what it cannot read
   * is sent as it is. `original`: the file, as it is.
   */
  readonly upload?: 'auto' | 'original' | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FeedbackOptions {
  /** That the image may be kept and trained on: only then is it sent. */
  readonly consent?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Of one image of a batch. */
export type BatchResult =
  | { readonly answer: Classification; readonly error?: never }
  | { readonly error: GlimpseError; readonly answer?: never };

/** What is sent of an image. */
type Sendable = Blob | Uint8Array<ArrayBuffer>;

/** Bytes. A file that is no larger is sent as it is: it could hardly become smaller. */
const SMALL = 8 * 1024;

/**
 * @example
 * const glimpse = new Glimpse({ endpoint: 'https://glimpse.example.com', key: 'glp_…' });
 * const { predictions } = await glimpse.classify(file);
 */
export class Glimpse {
  readonly #connection: Connection;
  #releases: Releases | undefined;
  /** What was sent for an answer, for as long as somebody holds the answer. */
  readonly #sent = new WeakMap<Classification, Sendable>();

  /** @throws {BadRequestError} `endpoint-invalid`, `option-invalid` */
  constructor(options: ConnectionOptions) {
    this.#connection = new Connection(options);
  }

  /**
   * The classes of one image, most probable first.
   *
   * @throws {GlimpseError} of a kind that says what to do; the signal's reason, when it aborts
   */
  async classify(image: Image, options: ClassifyOptions = {}): Promise<Classification> {
    const opened = await openImage(image, this.#connection.fetch, options.signal);
    if (opened.kind === 'address') return this.#classifyJson({ url: opened.url }, options);
    if (opened.kind === 'native') {
      const form = new FormData();
      // React Native's own way to name a file in a form.
      form.append('image', nativePart(opened.native) as unknown as Blob);
      return this.#classifyBody({ body: form }, options);
    }
    const source = shrinkable(opened, options);
    if (source) {
      const { classifyShrunk } = await loadResizer();
      const answer = await classifyShrunk(await this.#known(), options, source, (pixels) =>
        this.#classifyBody({ body: pixels, headers: { 'Content-Type': RAW_PIXELS_TYPE } }, options, pixels),
      );
      if (answer) return answer;
    }
    return this.#classifyFile(await originalOf(opened), options);
  }

  /**
   * Up to 32 images in one request. Each has its own answer or its own error, in the order given.
   *
   * @throws {GlimpseError} where the request as a whole fails
   */
  async classifyBatch(images: readonly Image[], options: ClassifyOptions = {}): Promise<BatchResult[]> {
    const form = new FormData();
    const sent: (Sendable | undefined)[] = [];
    let shrunk = false;
    for (const [index, image] of images.entries()) {
      const opened = await openImage(image, this.#connection.fetch, options.signal);
      if (opened.kind === 'address') {
        throw new BadRequestError('image-invalid', 'A batch takes no addresses for the endpoint to fetch.');
      }
      if (opened.kind === 'native') {
        form.append('image', nativePart(opened.native) as unknown as Blob);
        sent.push(undefined);
        continue;
      }
      const source = shrinkable(opened, options);
      const small = source && (await (await loadResizer()).shrunkFile(await this.#known(), options, source));
      shrunk ||= small !== undefined;
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
    // Another release may have come meanwhile, that eats other pixels.
    return shrunk && !(await (await loadResizer()).allFit(await this.#known(), answers, options))
      ? this.classifyBatch(images, { ...options, upload: 'original' })
      : results;
  }

  /** The models that the endpoint has, and which of them answers where none is named. */
  async models(options: { readonly signal?: AbortSignal } = {}): Promise<ModelList> {
    return (await this.#get('/v1/models', 'models', options)) as unknown as ModelList;
  }

  /** What a model knows, what it eats and how good it is. @throws {NotFoundError} `model-unknown` */
  async model(name: string, options: { readonly signal?: AbortSignal } = {}): Promise<ModelDescription> {
    return (await this.#get(
      `/v1/models/${encodeURIComponent(name)}`,
      'channels',
      options,
    )) as unknown as ModelDescription;
  }

  /**
   * Says what an image shows. With consent the image goes along, as it was sent for the answer: what an answer of
   * another client, or its id alone, was given for is not known here.
   *
   * @param answer that was wrong, or right, or its id
   * @returns the name under which it is kept
   */
  async feedback(answer: Classification | string, label: string, options: FeedbackOptions = {}): Promise<string> {
    const { consent = false, signal } = options;
    const id = typeof answer === 'string' ? answer : answer.id;
    const sent = consent && typeof answer !== 'string' ? this.#sent.get(answer) : undefined;
    const document = { id, label, ...(sent ? { image: await base64Of(sent), consent: true } : {}) };
    const kept = await this.#connection.call({ ...jsonCall('/v1/feedback', document), signal });
    return withMember('id', kept).id as string;
  }

  /** Takes back what was said about an answer, its image included. @param answer the answer, or its id */
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
    // The image's own bytes say what it is. A type that is none of an image would make the endpoint unwrap it.
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

  async #known(): Promise<Releases> {
    const { Releases } = await loadResizer();
    this.#releases ??= new Releases((path) => this.#connection.call({ method: 'GET', path }));
    return this.#releases;
  }
}

/** When there is something to make smaller. */
const loadResizer = () => import('./resize/index.ts');

/** What a browser may make smaller, undefined where there is nothing to gain. */
function shrinkable(opened: Opened, { upload }: ClassifyOptions): Blob | Drawable | undefined {
  if (upload === 'original') return undefined;
  if (opened.kind === 'drawable') return opened.drawable;
  if (opened.kind !== 'file' || typeof createImageBitmap !== 'function') return undefined;
  const file = opened.file instanceof Uint8Array ? new Blob([opened.file]) : opened.file;
  return file.size > SMALL ? file : undefined;
}

/** @throws {BadRequestError} `image-unreadable` */
async function originalOf(opened: Opened): Promise<Sendable> {
  if (opened.kind === 'file') return opened.file;
  const file = opened.kind === 'drawable' && (await (await loadResizer()).fileOf(opened.drawable));
  if (file) return file;
  throw new BadRequestError('image-unreadable', 'The image has no pixels yet, or another origin forbids to read it.');
}

function nativePart({ uri, name, type }: { uri: string; name?: string | null; type?: string | null }) {
  return { uri, name: name ?? 'image', type: type ?? 'application/octet-stream' };
}

function jsonCall(path: string, document: object) {
  const headers = { 'Content-Type': 'application/json' };
  return { method: 'POST', path, headers, body: JSON.stringify(document) } as const;
}

function queryOf({ topK, model, version, channel }: ClassifyOptions): string {
  const given = Object.entries({ top_k: topK, model, version, channel }).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? ''
    : `?${given.map(([name, value]) => `${name}=${encodeURIComponent(value!)}`).join('&')}`;
}

/** @throws {AnswerError} where the answer has no such member */
function withMember(member: string, answer: unknown): Record<string, unknown> {
  const document = (answer ?? {}) as Record<string, unknown>;
  if (document[member] !== undefined) return document;
  throw new AnswerError('answer-invalid', 'Is it a Glimpse endpoint, of this version?');
}
