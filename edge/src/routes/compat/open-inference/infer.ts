/** `POST /v2/models/{name}[/versions/{version}]/infer`: up to 32 images in, their scores out. */
import type { Prediction } from '@glimpse/shared/api/classify';
import type { InferAnswer } from '@glimpse/shared/api/open-inference';
import { Problem } from '@glimpse/shared/api/problems';
import { withinAnswerTime } from '../../../body/answer-time.ts';
import { readBody } from '../../../body/read-body.ts';
import { callerOf } from '../../../classify/caller.ts';
import { classifyImage, withRelease } from '../../../classify/classify-image.ts';
import type { AppContext } from '../../../context.ts';
import { observeClassification } from '../../../observability/observe-classification.ts';
import { noteRelease, type RequestNotes } from '../../../observability/request-notes.ts';
import { readModelName } from '../model-name.ts';
import { readOutputs } from './infer-outputs.ts';
import { readInferRequest } from './infer-request.ts';

export function infer(c: AppContext): Promise<Response> {
  return observeClassification(c, (notes) => answerOf(c, notes));
}

async function answerOf(c: AppContext, notes: RequestNotes): Promise<{ body: InferAnswer; confidence: number }> {
  const isolate = c.get('isolate');
  const { MAX_BODY_BYTES, BODY_SECONDS, ANSWER_SECONDS, MAX_BATCH_IMAGES } = isolate.settings.limits;
  const body = await readBody(c.req.raw, { maxBytes: MAX_BODY_BYTES, budget: isolate.budget, seconds: BODY_SECONDS });
  try {
    notes.bytes = body.bytes.length;
    refuseCompressed(c.req.header('Content-Encoding'));
    const caller = callerOf(c.req.raw.headers, new Date());
    const choice = { model: readModelName(c), version: c.req.param('version'), caller };
    return await withinAnswerTime(c.req.raw, ANSWER_SECONDS, (signal) =>
      withRelease(isolate, choice, { keeper: c.executionCtx, signal }, async (lease) => {
        noteRelease(notes, lease);
        const { manifest } = lease;
        const headerLength = c.req.header('Inference-Header-Content-Length');
        // In a turn of its own, since it takes memory as decoding does.
        const { id, outputs, images } = await isolate.queue.run(
          () => readInferRequest(body.bytes, headerLength, manifest.input, MAX_BATCH_IMAGES),
          signal,
        );
        c.get('admission').countFurther(images.length - 1);
        // What is still needed of them is in the images.
        body.bytes = new Uint8Array(0);
        const makeOutputs = readOutputs(outputs, manifest);
        const predictions: (readonly Prediction[])[] = [];
        let [decode, infer] = [0, 0];
        for (const [index, open] of images.entries()) {
          const image = { open, topK: manifest.labels.length, signal };
          const one = await classifyImage(isolate, lease, image).catch((error: Error) => {
            if (images.length > 1) error.message = `Image ${index + 1} of ${images.length}: ${error.message}`;
            throw error;
          });
          decode += one.timing.decode;
          infer += one.timing.infer;
          predictions.push(one.predictions);
        }
        notes.timing = { decode, infer };
        const answer: InferAnswer = {
          ...(id === undefined ? {} : { id }),
          model_name: manifest.model,
          model_version: manifest.version,
          outputs: makeOutputs(predictions),
        };
        return { body: answer, confidence: predictions[0]![0]!.score };
      }),
    );
  } finally {
    body.release();
  }
}

/** Unpacked, a body can be a thousand times as large. */
function refuseCompressed(encoding = 'identity'): void {
  if (encoding.toLowerCase() === 'identity') return;
  throw new Problem('body-malformed', 'Bodies are not taken compressed: send it without Content-Encoding.');
}
