/** `POST /v1/classify`: one picture in, its most probable classes out. */
import { Problem } from '@glimpse/shared/api/problems';
import { type Classification, count } from '../analytics.ts';
import { withinAnswerTime } from '../answer-time.ts';
import { addressIn, fetchPicture } from '../body/fetch-picture.ts';
import { openBody } from '../body/open-body.ts';
import { type HeldBody, readBody } from '../body/read-body.ts';
import { answerOf, classifyPicture, withRelease } from '../classification/classify-picture.ts';
import type { AppContext } from '../context.ts';
import { serverTiming } from '../http/server-timing.ts';
import type { Isolate } from '../isolate.ts';
import type { ModelLease } from '../model/models.ts';
import { problemOf } from '../problem-of.ts';
import { callerOf } from './caller.ts';
import { readClassifyQuery, readTopK } from './classify-query.ts';

export async function classify(c: AppContext): Promise<Response> {
  const started = performance.now();
  const { settings } = c.get('isolate');
  let release: Classification['release'];
  const counted = (outcome: Classification['outcome'], confidence?: number) =>
    count(settings.analytics, { release, outcome, confidence, milliseconds: performance.now() - started });
  try {
    const { answer: said, timing } = await answer(c, ({ manifest, channel }) => {
      release = { model: manifest.model, version: manifest.version, channel };
    });
    // Milliseconds. Once deployed, a Worker's clock stands still while it computes: there the first two are 0, and
    // the total is what was spent waiting for the body, the store and the turn.
    c.header('Server-Timing', serverTiming({ ...timing, total: performance.now() - started }));
    counted('ok', said.predictions[0]!.score);
    return c.json(said);
  } catch (error) {
    counted(problemOf(error).code);
    throw error;
  }
}

/** @param onLease called as soon as it is known which release answers */
async function answer(c: AppContext, onLease: (lease: ModelLease) => void) {
  const isolate = c.get('isolate');
  const { MAX_BODY_BYTES, BODY_SECONDS, ANSWER_SECONDS } = isolate.settings.limits;
  // Before anything else is looked at: an oversized body is refused whatever it is, and an answer has to wait for it.
  const body = await readBody(c.req.raw, { maxBytes: MAX_BODY_BYTES, budget: isolate.budget, seconds: BODY_SECONDS });
  try {
    if (body.bytes.length === 0) {
      throw new Problem(
        'body-empty',
        'Send a JPEG, PNG, WebP or GIF picture as the body: curl --data-binary @cat.png …',
      );
    }
    const { topK, ...choice } = readClassifyQuery(new URL(c.req.url).searchParams);
    const caller = callerOf(c.req.raw.headers, new Date());
    return await withinAnswerTime(c.req.raw, ANSWER_SECONDS, async (signal) => {
      const { open, release } = await sentIn(body, c.req.header('Content-Type') ?? null, isolate, signal);
      try {
        return await withRelease(isolate, { ...choice, caller }, { keeper: c.executionCtx, signal }, async (lease) => {
          onLease(lease);
          const number = readTopK(topK, lease.manifest.labels.length);
          const classified = await classifyPicture(isolate, lease, { open, topK: number, signal });
          return { answer: answerOf(c.get('id'), lease, classified), timing: classified.timing };
        });
      } finally {
        release();
      }
    });
  } finally {
    body.release();
  }
}

/** What is in the body, or at the address that is in it: that is fetched here, before anything waits for it. */
async function sentIn(
  { bytes }: HeldBody,
  contentType: string | null,
  { settings, budget }: Isolate,
  signal: AbortSignal,
) {
  const address = addressIn(bytes, contentType);
  if (address === undefined) return { open: () => openBody(bytes, contentType), release() {} };
  const { imageHosts: hosts, limits } = settings;
  const { MAX_BODY_BYTES: maxBytes, URL_SECONDS: seconds } = limits;
  const fetched = await fetchPicture(address, {
    hosts,
    maxBytes,
    budget,
    seconds,
    signal,
    fetch: (...of) => fetch(...of),
  });
  return { open: () => ({ kind: 'picture', bytes: fetched.bytes }) as const, release: fetched.release };
}
