/** `POST /v1/classify/batch`: many images in, for each its own answer or its own problem, in the order sent. */
import type { BatchAnswer, BatchResult } from '@glimpse/shared/api/batch';
import { Problem, problemDocument } from '@glimpse/shared/api/problems';
import { withinAnswerTime } from '../body/answer-time.ts';
import { fileOf } from '../body/form.ts';
import { openBatch } from '../body/open-batch.ts';
import { queryOf } from '../body/query-of.ts';
import { readBody } from '../body/read-body.ts';
import { serverTiming } from '../body/server-timing.ts';
import { callerOf } from '../classify/caller.ts';
import { answerOf, classifyImage, withRelease } from '../classify/classify-image.ts';
import { readClassifyQuery, readTopK } from '../classify/classify-query.ts';
import type { AppContext } from '../context.ts';
import { count } from '../observability/analytics.ts';
import { logError } from '../observability/log.ts';
import { noteRelease } from '../observability/request-notes.ts';
import { routeOf } from '../observability/route-of.ts';
import { problemOf } from '../problem-of.ts';

export async function classifyBatch(c: AppContext): Promise<Response> {
  const notes = c.get('notes');
  const isolate = c.get('isolate');
  const { settings, budget, queue } = isolate;
  const { MAX_BODY_BYTES, BODY_SECONDS, ANSWER_SECONDS, MAX_BATCH_IMAGES } = settings.limits;
  const body = await readBody(c.req.raw, { maxBytes: MAX_BODY_BYTES, budget, seconds: BODY_SECONDS });
  try {
    notes.bytes = body.bytes.length;
    if (body.bytes.length === 0) throw new Problem('body-empty', 'Send images as the fields "image" of a form.');
    const { topK, ...choice } = readClassifyQuery(queryOf(c.req.url));
    const caller = callerOf(c.req.raw.headers, new Date());
    const spent = { decode: 0, infer: 0 };
    const results = await withinAnswerTime(c.req.raw, ANSWER_SECONDS, (signal) =>
      withRelease(isolate, { ...choice, caller }, { keeper: c.executionCtx, signal }, async (lease) => {
        noteRelease(notes, lease);
        const { manifest, channel } = lease;
        const number = readTopK(topK, manifest.labels.length);
        const release = { model: manifest.model, version: manifest.version, channel };
        const contentType = c.req.header('Content-Type') ?? null;
        // Whoever gets no turn for this is told so at once, and not for each image.
        const sent = await queue.run(() => openBatch(body.bytes, contentType, MAX_BATCH_IMAGES), signal);
        c.get('admission').countFurther(sent.length - 1);
        // The form has the images now; twice would be more than the budget counts.
        body.bytes = new Uint8Array(0);

        const resultOf = async (image: File | string, index: number): Promise<BatchResult> => {
          const begun = performance.now();
          const counted = (outcome: Parameters<typeof count>[1]['outcome'], confidence?: number) =>
            count(settings.analytics, { release, outcome, confidence, milliseconds: performance.now() - begun });
          try {
            const open = async () =>
              ({ kind: 'image', bytes: new Uint8Array(await fileOf(image).arrayBuffer()) }) as const;
            const classified = await classifyImage(isolate, lease, { open, topK: number, signal });
            spent.decode += classified.timing.decode;
            spent.infer += classified.timing.infer;
            counted('ok', classified.predictions[0]!.score);
            return { answer: answerOf(`${c.get('id')}.${index}`, lease, classified) };
          } catch (error) {
            const problem = problemOf(error);
            if (problem.code === 'internal-error') logError('request', error, { id: c.get('id'), route: routeOf(c) });
            counted(problem.code);
            return { problem: problemDocument(problem) };
          }
        };
        // One after the other: a batch has one place in the line, as everybody else.
        const all: BatchResult[] = [];
        for (const [index, image] of sent.entries()) all.push(await resultOf(image, index));
        return all;
      }),
    );
    notes.timing = spent;
    c.header('Server-Timing', serverTiming({ ...spent, total: performance.now() - notes.arrivedAt }));
    const answer: BatchAnswer = { id: c.get('id'), results };
    return c.json(answer);
  } finally {
    body.release();
  }
}
