/**
 * The path of every request that classifies, in this order: read the body, parse it, select a release, decode and infer
 * each image, respond. Only `parse`, `settle` and `respond` differ between protocols.
 */
import type { ProblemCode } from '@glimpse/shared/api/problems';
import { raceAbort, withinAnswerTime } from '../body/deadline.ts';
import { type HeldBody, readRequestBody } from '../body/read-body.ts';
import type { AppContext } from '../context.ts';
import type { ReleaseSelector } from '../model/release-selector.ts';
import type { ModelLease } from '../model/served-model.ts';
import { count, serverTiming } from '../observability/analytics.ts';
import { noteRelease } from '../observability/observe-request.ts';
import { problemOf } from '../problem-of.ts';
import { type Classified, classifyImage, type ImageSource } from './classify-image.ts';
import { callerOf } from './selector.ts';

export interface Protocol<Result> {
  /** @throws {Problem} */
  readonly parse: (incoming: Incoming) => Promise<ParsedRequest<Result>> | ParsedRequest<Result>;
  /** Turns the outcome of one image into a result. `failTogether` rethrows, so that one failed image fails the request. */
  readonly settle: (image: Promise<Classified>, place: ImagePlace) => Promise<Result>;
  /** Whether `settle` counts each image in the analytics. By default, the pipeline counts the request. */
  readonly countsImages?: boolean;
}

export interface Incoming {
  readonly c: AppContext;
  readonly body: HeldBody;
  /** Aborted when the time to answer is over, or the client has left. */
  readonly signal: AbortSignal;
  /** Registers what to release when the request ends. */
  readonly hold: (release: () => void) => void;
}

export interface ParsedRequest<Result> {
  readonly selector: ReleaseSelector;
  /** Called with the selected release. It may set the body's bytes to none once the images hold what they need. */
  readonly images: (lease: ModelLease) => Promise<readonly ImageSource[]> | readonly ImageSource[];
  /** @param results one for each image, in the same order */
  readonly respond: (results: readonly Result[], lease: ModelLease) => object;
}

export interface ImagePlace {
  readonly c: AppContext;
  readonly lease: ModelLease;
  readonly index: number;
  /** How many images the request has. */
  readonly total: number;
}

export function classifyWith<Result>(protocol: Protocol<Result>): (c: AppContext) => Promise<Response> {
  return async (c) => {
    const held: (() => void)[] = [];
    try {
      const answer = await run(c, protocol, (release) => held.push(release));
      observe(c, protocol, 'ok');
      return c.json(answer);
    } catch (error) {
      observe(c, protocol, problemOf(error).code);
      throw error;
    } finally {
      for (const release of held.reverse()) release();
    }
  };
}

async function run<Result>(c: AppContext, { parse, settle }: Protocol<Result>, hold: Incoming['hold']) {
  const state = c.get('isolate');
  const notes = c.get('notes');
  // Before anything else is checked: an oversized body is refused regardless of its content, and every answer has to wait for
  // the end of the body.
  const body = await readRequestBody(c);
  hold(body.release);
  notes.bytes = body.bytes.length;
  return withinAnswerTime(c.req.raw, state.settings.limits.ANSWER_SECONDS, async (signal) => {
    const request = await parse({ c, body, signal, hold });
    const caller = callerOf(c.req.raw.headers, new Date());
    const lease = await acquireRelease(c, { ...request.selector, caller }, signal);
    hold(() => lease.release());
    noteRelease(notes, lease);
    const images = await request.images(lease);
    if (images.length > 1) await c.get('admission').countFurther(images.length - 1);
    const timing = { decode: 0, infer: 0 };
    const classify = async (image: ImageSource) => {
      const classified = await classifyImage(state, lease, image, signal);
      timing.decode += classified.timing.decode;
      timing.infer += classified.timing.infer;
      notes.confidence ??= classified.confidence;
      return classified;
    };
    const results: Result[] = [];
    // One after the other, so that a batch has one place in the queue, as every other request.
    for (const [index, image] of images.entries()) {
      results.push(await settle(classify(image), { c, lease, index, total: images.length }));
    }
    notes.timing = timing;
    return request.respond(results, lease);
  });
}

/** One failed image fails the request. */
export async function failTogether(image: Promise<Classified>, { index, total }: ImagePlace): Promise<Classified> {
  try {
    return await image;
  } catch (error) {
    if (total > 1 && error instanceof Error) error.message = `Image ${index + 1} of ${total}: ${error.message}`;
    throw error;
  }
}

/**
 * Loads the release unless it is loaded. The caller releases the lease.
 *
 * @throws as `Models.acquire`; the signal's reason, if that comes first
 */
export async function acquireRelease(
  c: AppContext,
  selector: ReleaseSelector,
  signal: AbortSignal,
): Promise<ModelLease> {
  const acquired = c.get('isolate').models.acquire(selector, c.executionCtx);
  try {
    return await raceAbort(signal, acquired);
  } catch (error) {
    // The lease may still arrive when nobody waits for it any more.
    acquired.then((late) => late.release()).catch(() => {});
    throw error;
  }
}

function observe(
  c: AppContext,
  { countsImages = false }: Pick<Protocol<never>, 'countsImages'>,
  outcome: Outcome,
): void {
  const { arrivedAt, timing, release, confidence } = c.get('notes');
  const total = performance.now() - arrivedAt;
  if (countsImages && outcome !== 'ok') return;
  // Milliseconds. The clock of a deployed Worker stands still while it computes, so there `decode` and `infer` are 0 and
  // `total` is the time spent waiting for the body, the store and the queue.
  c.header('Server-Timing', serverTiming({ ...timing, total }));
  if (countsImages) return;
  const { analytics } = c.get('isolate').settings;
  count(analytics, { release, outcome, confidence: outcome === 'ok' ? confidence : undefined, milliseconds: total });
}

type Outcome = 'ok' | ProblemCode;
