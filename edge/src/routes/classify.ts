/** `POST /v1/classify`: one picture in, its most probable classes out. */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import { Problem } from '@glimpse/shared/api/problems';
import { openBody } from '../body/open-body.ts';
import { readBody } from '../body/read-body.ts';
import { acquireRelease, classifyPicture } from '../classification/classify-picture.ts';
import type { AppContext } from '../context.ts';
import { observeClassification } from '../observability/observe-classification.ts';
import { noteRelease, type RequestNotes } from '../observability/request-notes.ts';
import { callerOf } from './caller.ts';
import { readClassifyQuery, readTopK } from './classify-query.ts';

export function classify(c: AppContext): Promise<Response> {
  return observeClassification(c, async (notes) => {
    const answer = await answerOf(c, notes);
    return { body: answer, confidence: answer.predictions[0]!.score };
  });
}

async function answerOf(c: AppContext, notes: RequestNotes): Promise<ClassifyAnswer> {
  const isolate = c.get('isolate');
  const { limits } = isolate.settings;
  // Before anything else is looked at: an oversized body is refused whatever it is, and an answer has to wait for it.
  const body = await readBody(c.req.raw, { maxBytes: limits.MAX_BODY_BYTES, budget: isolate.budget });
  try {
    notes.bytes = body.bytes.length;
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
      noteRelease(notes, lease);
      const { manifest, channel } = lease;
      const contentType = c.req.header('Content-Type') ?? null;
      const { timing, ...classified } = await classifyPicture(
        isolate,
        lease,
        () => openBody(body.bytes, contentType),
        readTopK(topK, manifest.labels.length),
      );
      notes.timing = timing;
      return {
        id: c.get('id'),
        model: { name: manifest.model, version: manifest.version, channel },
        ...classified,
      };
    } finally {
      lease.release();
    }
  } finally {
    body.release();
  }
}
