/** `POST /v1/classify`: one image in, its most probable classes out. */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import { Problem } from '@glimpse/shared/api/problems';
import { listFormats } from '@glimpse/shared/image/formats';
import { withinAnswerTime } from '../body/answer-time.ts';
import { addressIn, fetchImage } from '../body/fetch-image.ts';
import { isPixels, openBody } from '../body/open-body.ts';
import { queryOf } from '../body/query-of.ts';
import { type HeldBody, readBody } from '../body/read-body.ts';
import { callerOf } from '../classify/caller.ts';
import { answerOf, classifyImage, withRelease } from '../classify/classify-image.ts';
import { readClassifyQuery, readTopK } from '../classify/classify-query.ts';
import type { AppContext } from '../context.ts';
import type { Isolate } from '../isolate.ts';
import { observeClassification } from '../observability/observe-classification.ts';
import { noteRelease, type RequestNotes } from '../observability/request-notes.ts';

export function classify(c: AppContext): Promise<Response> {
  return observeClassification(c, async (notes) => {
    const body = await answer(c, notes);
    return { body, confidence: body.predictions[0]!.score };
  });
}

async function answer(c: AppContext, notes: RequestNotes): Promise<ClassifyAnswer> {
  const isolate = c.get('isolate');
  const { MAX_BODY_BYTES, BODY_SECONDS, ANSWER_SECONDS } = isolate.settings.limits;
  // Before anything else is looked at: an oversized body is refused whatever it is, and an answer has to wait for it.
  const body = await readBody(c.req.raw, { maxBytes: MAX_BODY_BYTES, budget: isolate.budget, seconds: BODY_SECONDS });
  try {
    notes.bytes = body.bytes.length;
    if (body.bytes.length === 0) {
      throw new Problem('body-empty', `Send a ${listFormats('or')} image as the body: curl --data-binary @cat.png …`);
    }
    const { topK, ...choice } = readClassifyQuery(queryOf(c.req.url));
    const caller = callerOf(c.req.raw.headers, new Date());
    return await withinAnswerTime(c.req.raw, ANSWER_SECONDS, async (signal) => {
      const { open, brief, release } = await openRequestImage(
        body,
        c.req.header('Content-Type') ?? null,
        isolate,
        signal,
      );
      try {
        return await withRelease(isolate, { ...choice, caller }, { keeper: c.executionCtx, signal }, async (lease) => {
          noteRelease(notes, lease);
          const number = readTopK(topK, lease.manifest.labels.length);
          const classified = await classifyImage(isolate, lease, { open, topK: number, brief, signal });
          notes.timing = classified.timing;
          return answerOf(c.get('id'), lease, classified);
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
async function openRequestImage(
  { bytes }: HeldBody,
  contentType: string | null,
  { settings, budget }: Isolate,
  signal: AbortSignal,
) {
  const address = addressIn(bytes, contentType);
  if (address === undefined)
    return { open: () => openBody(bytes, contentType), brief: isPixels(contentType), release() {} };
  const { imageHosts: hosts, limits } = settings;
  const { MAX_BODY_BYTES: maxBytes, URL_SECONDS: seconds } = limits;
  const fetched = await fetchImage(address, {
    hosts,
    maxBytes,
    budget,
    seconds,
    signal,
    fetch: (...of) => fetch(...of),
  });
  return { open: () => ({ kind: 'image', bytes: fetched.bytes }) as const, brief: false, release: fetched.release };
}
