/** `POST /v2/models/{name}[/versions/{version}]/infer`: up to 32 pictures in, their scores out. */
import type { Prediction } from '@glimpse/shared/api/classify';
import type { InferAnswer } from '@glimpse/shared/api/open-inference';
import { Problem } from '@glimpse/shared/api/problems';
import { readBody } from '../../body/read-body.ts';
import { acquireRelease, classifyPicture } from '../../classification/classify-picture.ts';
import type { AppContext } from '../../context.ts';
import { observeClassification } from '../../observability/observe-classification.ts';
import { noteRelease, type RequestNotes } from '../../observability/request-notes.ts';
import { callerOf } from '../../routes/caller.ts';
import { readModelName } from '../model-name.ts';
import { readOutputs } from './infer-outputs.ts';
import { readInferRequest } from './infer-request.ts';

export function infer(c: AppContext): Promise<Response> {
  return observeClassification(c, (notes) => answerOf(c, notes));
}

async function answerOf(c: AppContext, notes: RequestNotes): Promise<{ body: InferAnswer; confidence: number }> {
  const isolate = c.get('isolate');
  const { limits } = isolate.settings;
  const body = await readBody(c.req.raw, { maxBytes: limits.MAX_BODY_BYTES, budget: isolate.budget });
  try {
    notes.bytes = body.bytes.length;
    const encoding = c.req.header('Content-Encoding') ?? 'identity';
    if (encoding.toLowerCase() !== 'identity') {
      throw new Problem('body-malformed', 'Bodies are not taken compressed: send it without Content-Encoding.');
    }
    const choice = { model: readModelName(c), version: c.req.param('version') };
    const caller = callerOf(c.req.raw.headers, new Date());
    const lease = await acquireRelease(isolate, { ...choice, caller }, c.executionCtx);
    try {
      noteRelease(notes, lease);
      const { manifest } = lease;
      const headerLength = c.req.header('Inference-Header-Content-Length');
      // In a turn of its own, since it takes memory as decoding does.
      const { id, outputs, pictures } = await isolate.queue.run(() =>
        readInferRequest(body.bytes, headerLength, manifest.input),
      );
      const makeOutputs = readOutputs(outputs, manifest);
      const predictions: (readonly Prediction[])[] = [];
      let [decode, infer] = [0, 0];
      for (const [index, open] of pictures.entries()) {
        const one = await classifyPicture(isolate, lease, open, manifest.labels.length).catch((error: Error) => {
          if (pictures.length > 1) error.message = `Picture ${index + 1} of ${pictures.length}: ${error.message}`;
          throw error;
        });
        decode += one.timing.decode;
        infer += one.timing.infer;
        predictions.push(one.predictions);
      }
      notes.timing = { decode, infer };
      return {
        body: {
          ...(id === undefined ? {} : { id }),
          model_name: manifest.model,
          model_version: manifest.version,
          outputs: makeOutputs(predictions),
        },
        confidence: predictions[0]![0]!.score,
      };
    } finally {
      lease.release();
    }
  } finally {
    body.release();
  }
}
