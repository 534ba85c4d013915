/** `POST /v1/classify`: one picture in, its most probable classes out. */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import { pixelLimits, RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { topClasses } from '@glimpse/shared/network/predictions';
import { type InputContract, pixelCount } from '@glimpse/shared/picture/input-contract';
import { type Classification, count } from '../analytics.ts';
import { openBody, type SentPicture } from '../body/open-body.ts';
import { readBody } from '../body/read-body.ts';
import type { AppContext } from '../context.ts';
import type { Isolate } from '../isolate.ts';
import type { ModelLease } from '../model/models.ts';
import { problemOf } from '../problem-of.ts';
import { breaksBackend } from '../runtime/runtime.ts';
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
  const { limits, defaultModel } = isolate.settings;
  // Before anything else is looked at: an oversized body is refused whatever it is, and an answer has to wait for it.
  const body = await readBody(c.req.raw, { maxBytes: limits.MAX_BODY_BYTES, budget: isolate.budget });
  try {
    if (body.bytes.length === 0) {
      throw new Problem(
        'body-empty',
        'Send a JPEG, PNG, WebP or GIF picture as the body: curl --data-binary @cat.png …',
      );
    }
    const query = readClassifyQuery(new URL(c.req.url).searchParams);
    const lease = await isolate.models.acquire(
      {
        ...query,
        model: query.model ?? defaultModel,
        named: query.model !== undefined,
        caller: callerOf(c.req.raw.headers, new Date()),
      },
      c.executionCtx,
    );
    try {
      onLease(lease);
      const { manifest } = lease;
      const topK = readTopK(query.topK, manifest.labels.length);
      const contentType = c.req.header('Content-Type') ?? null;
      const work = await isolate.queue.run(async () => {
        const begun = performance.now();
        const picture = await readSent(await openBody(body.bytes, contentType), manifest.input, isolate);
        const decoded = performance.now();
        const scores = infer(picture.pixels, lease, isolate);
        return { picture, scores, timing: { decode: decoded - begun, infer: performance.now() - decoded } };
      });
      const predictions = topClasses(work.scores, topK).map(({ index, score }) => ({
        label: manifest.labels[index]!,
        index,
        score,
      }));
      const { format, width, height } = work.picture;
      const { rejectionThreshold } = manifest;
      const answer: ClassifyAnswer = {
        id: c.get('id'),
        model: { name: manifest.model, version: manifest.version, channel: lease.channel },
        predictions,
        ...(rejectionThreshold === undefined ? {} : { uncertain: predictions[0]!.score < rejectionThreshold }),
        image: { format, width, height },
      };
      return { answer, timing: work.timing };
    } finally {
      lease.release();
    }
  } finally {
    body.release();
  }
}

/** Pixels are of the model's size by definition, and called `rgb8`, or `grey8` where the model takes one channel. */
async function readSent({ kind, bytes }: SentPicture, contract: InputContract, { readPicture, settings }: Isolate) {
  if (kind === 'picture') return readPicture(bytes, contract, pixelLimits(settings.limits));
  const { height, width, channels } = contract;
  const expected = pixelCount(contract);
  if (bytes.length !== expected) {
    throw new Problem(
      'pixels-wrong-length',
      `The model takes ${height} x ${width} x ${channels} = ${expected} bytes, row by row; the body has ${bytes.length}.`,
      { extensions: { expected, actual: bytes.length, height, width, channels } },
    );
  }
  return { format: channels === 3 ? 'rgb8' : 'grey8', width, height, pixels: bytes };
}

function infer(pixels: Uint8Array, { classifier }: ModelLease, { shelf }: Isolate): Float32Array {
  const again = { retryAfter: RETRY_AFTER_SECONDS };
  if (!classifier) throw new Problem('busy', 'The model is being loaded again; try again.', again);
  try {
    return classifier.classify(pixels);
  } catch (cause) {
    if (!breaksBackend(cause)) throw cause;
    shelf.discardBackend();
    throw new Problem('model-unavailable', 'The network ran out of memory and is loaded again; try again.', {
      ...again,
      cause,
    });
  }
}
