/** `POST /models/{name}`: image classification as Hugging Face's clients ask for it. */
import { DEFAULT_TOP_K } from '@glimpse/shared/api/classify';
import { type HuggingFaceAnswer, huggingFaceRequestSchema } from '@glimpse/shared/api/hugging-face';
import { Problem } from '@glimpse/shared/api/problems';
import { withinAnswerTime } from '../../../body/answer-time.ts';
import { decodeBase64 } from '../../../body/base64.ts';
import { parseJson } from '../../../body/parse-json.ts';
import { readBody } from '../../../body/read-body.ts';
import { callerOf } from '../../../classify/caller.ts';
import { classifyImage, withRelease } from '../../../classify/classify-image.ts';
import type { AppContext } from '../../../context.ts';
import { observeClassification } from '../../../observability/observe-classification.ts';
import { noteRelease, type RequestNotes } from '../../../observability/request-notes.ts';
import { readModelName } from '../model-name.ts';

/** What may stand in front of JSON. */
const SPACES = new Set([...' \t\r\n'].map((space) => space.charCodeAt(0)));
const EXPECTED = 'send the image itself, or {"inputs": "<base64>", "parameters": {"top_k": 3}}.';

export function classifyForHuggingFace(c: AppContext): Promise<Response> {
  return observeClassification(c, async (notes) => {
    const body = await answerOf(c, notes);
    return { body, confidence: body[0]!.score };
  });
}

/** Names at Hugging Face are `owner/name`; models have no owner here, and another one than was asked for never answers. */
export function refuseOwner(c: AppContext): never {
  const name = c.req.path.split('/').at(-1)?.slice(0, 64);
  throw new Problem('model-unknown', `Models have no owner here: POST to /models/${name}, if that is the model.`);
}

async function answerOf(c: AppContext, notes: RequestNotes): Promise<HuggingFaceAnswer> {
  const isolate = c.get('isolate');
  const { MAX_BODY_BYTES, BODY_SECONDS, ANSWER_SECONDS } = isolate.settings.limits;
  const body = await readBody(c.req.raw, { maxBytes: MAX_BODY_BYTES, budget: isolate.budget, seconds: BODY_SECONDS });
  try {
    notes.bytes = body.bytes.length;
    if (body.bytes.length === 0) throw new Problem('body-empty', `The body is empty: ${EXPECTED}`);
    const choice = { model: readModelName(c), caller: callerOf(c.req.raw.headers, new Date()) };
    return await withinAnswerTime(c.req.raw, ANSWER_SECONDS, (signal) =>
      withRelease(isolate, choice, { keeper: c.executionCtx, signal }, async (lease) => {
        noteRelease(notes, lease);
        let wanted = DEFAULT_TOP_K;
        const openAndCount = () => {
          const { bytes, topK } = open(body.bytes);
          wanted = Math.max(topK, 1);
          return { kind: 'image', bytes } as const;
        };
        const topK = lease.manifest.labels.length;
        const { predictions, timing } = await classifyImage(isolate, lease, { open: openAndCount, topK, signal });
        notes.timing = timing;
        return predictions.slice(0, wanted).map(({ label, score }) => ({ label, score }));
      }),
    );
  } finally {
    body.release();
  }
}

/** JSON where it begins so, which no image does: what clients call a body, they say of raw bytes at will. */
function open(body: Uint8Array<ArrayBuffer>) {
  const first = body.find((byte) => !SPACES.has(byte));
  if (first !== '{'.charCodeAt(0)) return { bytes: body, topK: DEFAULT_TOP_K };
  const { inputs, parameters } = parseJson(body, huggingFaceRequestSchema, { expected: EXPECTED });
  const bytes = decodeBase64(inputs);
  if (!bytes) throw new Problem('body-malformed', '"inputs" is not base64 (RFC 4648); is it cut, or an address?');
  return { bytes, topK: parameters?.top_k ?? DEFAULT_TOP_K };
}
