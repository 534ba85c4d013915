/** `POST /v1/classify`: one picture in, its most probable classes out. */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import { Problem } from '@glimpse/shared/api/problems';
import { type Classification, count } from '../analytics.ts';
import { openBody } from '../body/open-body.ts';
import { readBody } from '../body/read-body.ts';
import { acquireRelease, classifyPicture } from '../classification/classify-picture.ts';
import type { AppContext } from '../context.ts';
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
    const { answer, timing } = await answerOf(c, ({ manifest, channel }) => {
      release = { model: manifest.model, version: manifest.version, channel };
    });
    // Milliseconds. Once deployed, a Worker's clock stands still while it computes: there the first two are 0, and
    // the total is what was spent waiting for the body, the store and the turn.
    c.header(
      'Server-Timing',
      Object.entries({ ...timing, total: performance.now() - started })
        .map(([name, duration]) => `${name};dur=${duration.toFixed(2)}`)
        .join(', '),
    );
    counted('ok', answer.predictions[0]!.score);
    return c.json(answer);
  } catch (error) {
    counted(problemOf(error).code);
    throw error;
  }
}

/** @param onLease called as soon as it is known which release answers */
async function answerOf(c: AppContext, onLease: (lease: ModelLease) => void) {
  const isolate = c.get('isolate');
  const { limits } = isolate.settings;
  // Before anything else is looked at: an oversized body is refused whatever it is, and an answer has to wait for it.
  const body = await readBody(c.req.raw, { maxBytes: limits.MAX_BODY_BYTES, budget: isolate.budget });
  try {
    if (body.bytes.length === 0) {
      throw new Problem(
        'body-empty',
        'Send a JPEG, PNG, WebP or GIF picture as the body: curl --data-binary @cat.png …',
      );
    }
    const { topK, ...choice } = readClassifyQuery(new URL(c.req.url).searchParams);
    const caller = callerOf(c.req.raw.headers, new Date());
    const lease = await acquireRelease(isolate, { ...choice, caller }, c.executionCtx);
    try {
      onLease(lease);
      const { manifest, channel } = lease;
      const contentType = c.req.header('Content-Type') ?? null;
      const { timing, ...classified } = await classifyPicture(
        isolate,
        lease,
        () => openBody(body.bytes, contentType),
        readTopK(topK, manifest.labels.length),
      );
      const answer: ClassifyAnswer = {
        id: c.get('id'),
        model: { name: manifest.model, version: manifest.version, channel },
        ...classified,
      };
      return { answer, timing };
    } finally {
      lease.release();
    }
  } finally {
    body.release();
  }
}
